// The part of OpenSSL 3 that is used, declared anew: its functions are found at run time, by their names.
#ifndef CLINUX_OPENSSL_H
#define CLINUX_OPENSSL_H

#include <stddef.h>
#include <stdint.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct ssl_cipher_st SSL_CIPHER;
typedef struct bio_st BIO;
typedef struct bio_method_st BIO_METHOD;
typedef struct x509_st X509;
typedef struct X509_name_st X509_NAME;
typedef struct x509_store_ctx_st X509_STORE_CTX;
typedef struct X509_VERIFY_PARAM_st X509_VERIFY_PARAM;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct stack_st OPENSSL_STACK;

typedef int password_callback(char *buffer, int size, int writing, void *data);
typedef int verify_callback(int ok, X509_STORE_CTX *store);
typedef int chain_callback(X509_STORE_CTX *store, void *data);
typedef int certificate_callback(SSL *, void *);

// Each function: what it returns, its name, its parameters.
#define OPENSSL_FUNCTIONS(F)                                                                      \
    F(const SSL_METHOD *, TLS_client_method, (void))                                              \
    F(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *))                                               \
    F(void, SSL_CTX_free, (SSL_CTX *))                                                            \
    F(long, SSL_CTX_ctrl, (SSL_CTX *, int, long, void *))                                         \
    F(uint64_t, SSL_CTX_set_options, (SSL_CTX *, uint64_t))                                       \
    F(void, SSL_CTX_set_verify, (SSL_CTX *, int, verify_callback *))                              \
    F(void, SSL_CTX_set_cert_verify_callback, (SSL_CTX *, chain_callback *, void *))              \
    F(void, SSL_CTX_set_cert_cb, (SSL_CTX *, certificate_callback *, void *))                     \
    F(int, SSL_CTX_set_default_verify_paths, (SSL_CTX *))                                         \
    F(int, SSL_CTX_load_verify_file, (SSL_CTX *, const char *))                                   \
    F(SSL *, SSL_new, (SSL_CTX *))                                                                \
    F(void, SSL_free, (SSL *))                                                                    \
    F(void, SSL_set_bio, (SSL *, BIO *, BIO *))                                                   \
    F(void, SSL_set_connect_state, (SSL *))                                                       \
    F(long, SSL_ctrl, (SSL *, int, long, void *))                                                 \
    F(int, SSL_set_ex_data, (SSL *, int, void *))                                                 \
    F(void *, SSL_get_ex_data, (const SSL *, int))                                                \
    F(int, SSL_get_ex_data_X509_STORE_CTX_idx, (void))                                            \
    F(X509_VERIFY_PARAM *, SSL_get0_param, (SSL *))                                               \
    F(int, SSL_use_certificate, (SSL *, X509 *))                                                  \
    F(int, SSL_use_PrivateKey, (SSL *, EVP_PKEY *))                                               \
    F(int, SSL_do_handshake, (SSL *))                                                             \
    F(int, SSL_read, (SSL *, void *, int))                                                        \
    F(int, SSL_write, (SSL *, const void *, int))                                                 \
    F(int, SSL_shutdown, (SSL *))                                                                 \
    F(int, SSL_get_error, (const SSL *, int))                                                     \
    F(long, SSL_get_verify_result, (const SSL *))                                                 \
    F(const char *, SSL_get_version, (const SSL *))                                               \
    F(const SSL_CIPHER *, SSL_get_current_cipher, (const SSL *))                                  \
    F(const char *, SSL_CIPHER_get_name, (const SSL_CIPHER *))                                    \
    F(const BIO_METHOD *, BIO_s_mem, (void))                                                      \
    F(BIO *, BIO_new, (const BIO_METHOD *))                                                       \
    F(BIO *, BIO_new_mem_buf, (const void *, int))                                                \
    F(int, BIO_free, (BIO *))                                                                     \
    F(int, BIO_read, (BIO *, void *, int))                                                        \
    F(int, BIO_write, (BIO *, const void *, int))                                                 \
    F(size_t, BIO_ctrl_pending, (BIO *))                                                          \
    F(void, ERR_clear_error, (void))                                                              \
    F(unsigned long, ERR_peek_error, (void))                                                      \
    F(const char *, ERR_reason_error_string, (unsigned long))                                     \
    F(const char *, X509_verify_cert_error_string, (long))                                        \
    F(X509 *, PEM_read_bio_X509, (BIO *, X509 **, password_callback *, void *))                   \
    F(EVP_PKEY *, PEM_read_bio_PrivateKey, (BIO *, EVP_PKEY **, password_callback *, void *))     \
    F(EVP_PKEY *, d2i_PUBKEY, (EVP_PKEY **, const unsigned char **, long))                        \
    F(void, EVP_PKEY_free, (EVP_PKEY *))                                                          \
    F(int, EVP_PKEY_eq, (const EVP_PKEY *, const EVP_PKEY *))                                     \
    F(void, X509_free, (X509 *))                                                                  \
    F(EVP_PKEY *, X509_get0_pubkey, (const X509 *))                                               \
    F(X509_NAME *, X509_get_issuer_name, (const X509 *))                                          \
    F(X509_NAME *, X509_get_subject_name, (const X509 *))                                         \
    F(X509_NAME *, d2i_X509_NAME, (X509_NAME **, const unsigned char **, long))                   \
    F(void, X509_NAME_free, (X509_NAME *))                                                        \
    F(int, X509_NAME_cmp, (const X509_NAME *, const X509_NAME *))                                 \
    F(int, X509_verify, (X509 *, EVP_PKEY *))                                                     \
    F(int, X509_verify_cert, (X509_STORE_CTX *))                                                  \
    F(void *, X509_STORE_CTX_get_ex_data, (const X509_STORE_CTX *, int))                          \
    F(OPENSSL_STACK *, X509_STORE_CTX_get0_untrusted, (const X509_STORE_CTX *))                   \
    F(void, X509_STORE_CTX_set0_trusted_stack, (X509_STORE_CTX *, OPENSSL_STACK *))               \
    F(X509_VERIFY_PARAM *, X509_STORE_CTX_get0_param, (const X509_STORE_CTX *))                   \
    F(int, X509_VERIFY_PARAM_set_flags, (X509_VERIFY_PARAM *, unsigned long))                     \
    F(void, X509_VERIFY_PARAM_set_hostflags, (X509_VERIFY_PARAM *, unsigned int))                 \
    F(int, X509_VERIFY_PARAM_set1_host, (X509_VERIFY_PARAM *, const char *, size_t))              \
    F(int, X509_VERIFY_PARAM_set1_ip_asc, (X509_VERIFY_PARAM *, const char *))                    \
    F(OPENSSL_STACK *, OPENSSL_sk_new_null, (void))                                               \
    F(int, OPENSSL_sk_push, (OPENSSL_STACK *, const void *))                                      \
    F(int, OPENSSL_sk_num, (const OPENSSL_STACK *))                                               \
    F(void *, OPENSSL_sk_value, (const OPENSSL_STACK *, int))                                     \
    F(void, OPENSSL_sk_free, (OPENSSL_STACK *))

#define OPENSSL_MEMBER(result, name, parameters) result(*name) parameters;

// Every function, under its own name.
struct openssl {
    OPENSSL_FUNCTIONS(OPENSSL_MEMBER)
};

// Numbers of its headers; they belong to its binary interface.
enum {
    OPENSSL_CTRL_MODE = 33,
    OPENSSL_CTRL_SET_SESS_CACHE_MODE = 44,
    OPENSSL_CTRL_SET_TLSEXT_HOSTNAME = 55,
    OPENSSL_CTRL_CHAIN_CERT = 89,
    OPENSSL_CTRL_SET_MIN_PROTO_VERSION = 123,
    OPENSSL_TLS1_2_VERSION = 0x0303,
    OPENSSL_MODE_RELEASE_BUFFERS = 0x10,
    OPENSSL_OP_NO_RENEGOTIATION = 1 << 30,
    OPENSSL_VERIFY_PEER = 1,
    OPENSSL_ERROR_WANT_READ = 2,
    OPENSSL_ERROR_WANT_WRITE = 3,
    OPENSSL_ERROR_ZERO_RETURN = 6,
    OPENSSL_V_FLAG_PARTIAL_CHAIN = 0x80000,
    OPENSSL_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 4,
};

struct clinux_tls_context {
    struct openssl api;
    void *library;
    SSL_CTX *shared;
};

struct clinux_tls {
    const struct openssl *api;
    SSL *ssl;
    // Owned by ssl.
    BIO *input;
    BIO *output;
    // The only key that is trusted, and whose it is.
    EVP_PKEY *anchor;
    X509_NAME *anchor_name;
    int anchor_is_authority;
    int wanted_certificate;
    int has_certificate;
    unsigned long error;
};

// The connection of an OpenSSL connection.
struct clinux_tls *clinux_tls_owner(const struct openssl *api, const SSL *ssl);
// Decides on the server's certificates; data is the context's table of functions.
int clinux_tls_verify(X509_STORE_CTX *store, void *data);

#endif
