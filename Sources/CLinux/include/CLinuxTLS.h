// TLS clients by the system's OpenSSL 3, which is loaded at run time: nothing is linked, and no header of it is needed.
//
// One connection does no I/O: it is fed what came from the server, and what is to be sent is taken from it. All calls
// belong to one thread.
#ifndef CLINUX_TLS_H
#define CLINUX_TLS_H

#include <stddef.h>
#include <stdint.h>

// The loaded library, and what all connections share: the trusted authorities.
struct clinux_tls_context;
// One connection.
struct clinux_tls;

// Loads the library (a path, or a name that the loader looks for) and the authorities: those of a PEM file, or the
// system's for a null path. Null on failure, with a text that says why.
struct clinux_tls_context *clinux_tls_context_create(const char *library, const char *authorities, char *text,
                                                     size_t size);
void clinux_tls_context_free(struct clinux_tls_context *context);

// Null when memory is out.
struct clinux_tls *clinux_tls_create(struct clinux_tls_context *context);
void clinux_tls_free(struct clinux_tls *tls);

// The subject that the certificate must have; a host name is sent to the server too. 1 for success, 0 for failure.
int clinux_tls_expect_name(struct clinux_tls *tls, const char *name);
int clinux_tls_expect_address(struct clinux_tls *tls, const char *address);
// The client's certificates, its own first, and the private key: PEM.
int clinux_tls_use_credential(struct clinux_tls *tls, const void *certificates, size_t certificates_size,
                              const void *key, size_t key_size);
// Trusts one key instead of the authorities. name: the owner's, DER. key: a SubjectPublicKeyInfo, DER.
int clinux_tls_trust_key(struct clinux_tls *tls, const void *name, size_t name_size, const void *key,
                         size_t key_size, int is_authority);

// Ciphertext. Feeding and taking return the count of bytes.
size_t clinux_tls_feed(struct clinux_tls *tls, const void *bytes, size_t size);
size_t clinux_tls_take(struct clinux_tls *tls, void *buffer, size_t size);
size_t clinux_tls_pending_output(struct clinux_tls *tls);

#define CLINUX_TLS_WANTS_MORE (0)
#define CLINUX_TLS_CLOSED (-1)
#define CLINUX_TLS_FAILED (-2)

// 1 when the handshake is complete, else one of the above.
int clinux_tls_handshake(struct clinux_tls *tls);
// Count of decrypted bytes, else one of the above.
int clinux_tls_read(struct clinux_tls *tls, void *buffer, int size);
// 1 when all bytes are encrypted, else one of the above.
int clinux_tls_write(struct clinux_tls *tls, const void *bytes, int size);
// Writes the close_notify.
void clinux_tls_close(struct clinux_tls *tls);

// The first thing that went wrong.
struct clinux_tls_error {
    // Why the server's certificate was not accepted (X509_V_ERR_...), 0 when it was not the certificate.
    int verification;
    // The reason (SSL_R_...); 1000 and more: an alert of the server. 0 for none.
    int reason;
    // The server has asked for a certificate: and got none, or got one.
    int lacked_certificate;
    int showed_certificate;
    char text[160];
};
void clinux_tls_describe_error(struct clinux_tls *tls, struct clinux_tls_error *error);
const char *clinux_tls_version(struct clinux_tls *tls);
const char *clinux_tls_cipher(struct clinux_tls *tls);

#endif
