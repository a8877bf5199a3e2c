#include "CLinuxTLS.h"
#include "openssl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clinux_tls *clinux_tls_create(struct clinux_tls_context *context) {
    const struct openssl *api = &context->api;
    struct clinux_tls *tls = calloc(1, sizeof *tls);
    if (tls == NULL)
        return NULL;
    api->ERR_clear_error();
    tls->api = api;
    tls->ssl = api->SSL_new(context->shared);
    BIO *input = api->BIO_new(api->BIO_s_mem());
    BIO *output = api->BIO_new(api->BIO_s_mem());
    if (tls->ssl == NULL || input == NULL || output == NULL) {
        api->BIO_free(input);
        api->BIO_free(output);
        clinux_tls_free(tls);
        return NULL;
    }
    api->SSL_set_bio(tls->ssl, input, output);
    tls->input = input;
    tls->output = output;
    api->SSL_set_ex_data(tls->ssl, 0, tls);
    api->SSL_set_connect_state(tls->ssl);
    return tls;
}

void clinux_tls_free(struct clinux_tls *tls) {
    if (tls == NULL)
        return;
    tls->api->SSL_free(tls->ssl);
    tls->api->EVP_PKEY_free(tls->anchor);
    tls->api->X509_NAME_free(tls->anchor_name);
    free(tls);
}

int clinux_tls_expect_name(struct clinux_tls *tls, const char *name) {
    const struct openssl *api = tls->api;
    X509_VERIFY_PARAM *parameters = api->SSL_get0_param(tls->ssl);
    api->X509_VERIFY_PARAM_set_hostflags(parameters, OPENSSL_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return api->SSL_ctrl(tls->ssl, OPENSSL_CTRL_SET_TLSEXT_HOSTNAME, 0, (void *)name) == 1 &&
           api->X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1;
}

int clinux_tls_expect_address(struct clinux_tls *tls, const char *address) {
    return tls->api->X509_VERIFY_PARAM_set1_ip_asc(tls->api->SSL_get0_param(tls->ssl), address) == 1;
}

// A key with a password is not used: there is no user to ask.
static int no_password(char *buffer, int size, int writing, void *data) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)data;
    return -1;
}

// The first certificate is the client's, the others lead from it to an authority.
static int use_certificates(struct clinux_tls *tls, BIO *text) {
    const struct openssl *api = tls->api;
    X509 *own = api->PEM_read_bio_X509(text, NULL, no_password, NULL);
    if (own == NULL)
        return 0;
    int used = api->SSL_use_certificate(tls->ssl, own);
    api->X509_free(own);
    while (used == 1) {
        X509 *next = api->PEM_read_bio_X509(text, NULL, no_password, NULL);
        if (next == NULL)
            break;
        // With a 1 it keeps a reference of its own.
        used = api->SSL_ctrl(tls->ssl, OPENSSL_CTRL_CHAIN_CERT, 1, next) == 1;
        api->X509_free(next);
    }
    return used == 1;
}

int clinux_tls_use_credential(struct clinux_tls *tls, const void *certificates, size_t certificates_size,
                              const void *key, size_t key_size) {
    const struct openssl *api = tls->api;
    if (certificates_size > INT_MAX || key_size > INT_MAX)
        return 0;
    api->ERR_clear_error();
    int used = 0;
    BIO *text = api->BIO_new_mem_buf(certificates, (int)certificates_size);
    if (text != NULL)
        used = use_certificates(tls, text);
    api->BIO_free(text);
    if (!used)
        return 0;
    // That no further certificate follows is no error.
    api->ERR_clear_error();
    text = api->BIO_new_mem_buf(key, (int)key_size);
    EVP_PKEY *private_key = text == NULL ? NULL : api->PEM_read_bio_PrivateKey(text, NULL, no_password, NULL);
    api->BIO_free(text);
    // Also fails when it is not the key of the certificate.
    used = private_key != NULL && api->SSL_use_PrivateKey(tls->ssl, private_key) == 1;
    api->EVP_PKEY_free(private_key);
    tls->has_certificate = used;
    return used;
}

int clinux_tls_trust_key(struct clinux_tls *tls, const void *name, size_t name_size, const void *key,
                         size_t key_size, int is_authority) {
    const struct openssl *api = tls->api;
    api->ERR_clear_error();
    const unsigned char *bytes = name;
    tls->anchor_name = api->d2i_X509_NAME(NULL, &bytes, (long)name_size);
    bytes = key;
    tls->anchor = api->d2i_PUBKEY(NULL, &bytes, (long)key_size);
    tls->anchor_is_authority = is_authority;
    return tls->anchor_name != NULL && tls->anchor != NULL;
}

size_t clinux_tls_feed(struct clinux_tls *tls, const void *bytes, size_t size) {
    int count = tls->api->BIO_write(tls->input, bytes, size > INT_MAX ? INT_MAX : (int)size);
    return count > 0 ? (size_t)count : 0;
}

size_t clinux_tls_take(struct clinux_tls *tls, void *buffer, size_t size) {
    int count = tls->api->BIO_read(tls->output, buffer, size > INT_MAX ? INT_MAX : (int)size);
    return count > 0 ? (size_t)count : 0;
}

size_t clinux_tls_pending_output(struct clinux_tls *tls) { return tls->api->BIO_ctrl_pending(tls->output); }

// What a result of 0 or less means; keeps the first error.
static int outcome(struct clinux_tls *tls, int result) {
    switch (tls->api->SSL_get_error(tls->ssl, result)) {
    case OPENSSL_ERROR_WANT_READ:
    case OPENSSL_ERROR_WANT_WRITE:
        return CLINUX_TLS_WANTS_MORE;
    case OPENSSL_ERROR_ZERO_RETURN:
        return CLINUX_TLS_CLOSED;
    default:
        if (tls->error == 0)
            tls->error = tls->api->ERR_peek_error();
        return CLINUX_TLS_FAILED;
    }
}

int clinux_tls_handshake(struct clinux_tls *tls) {
    tls->api->ERR_clear_error();
    int result = tls->api->SSL_do_handshake(tls->ssl);
    return result == 1 ? 1 : outcome(tls, result);
}

int clinux_tls_read(struct clinux_tls *tls, void *buffer, int size) {
    tls->api->ERR_clear_error();
    int result = tls->api->SSL_read(tls->ssl, buffer, size);
    return result > 0 ? result : outcome(tls, result);
}

int clinux_tls_write(struct clinux_tls *tls, const void *bytes, int size) {
    tls->api->ERR_clear_error();
    int result = tls->api->SSL_write(tls->ssl, bytes, size);
    return result == size ? 1 : outcome(tls, result);
}

void clinux_tls_close(struct clinux_tls *tls) {
    tls->api->ERR_clear_error();
    tls->api->SSL_shutdown(tls->ssl);
}

void clinux_tls_describe_error(struct clinux_tls *tls, struct clinux_tls_error *error) {
    memset(error, 0, sizeof *error);
    unsigned long code = tls->error == 0 ? tls->api->ERR_peek_error() : tls->error;
    // Errors of the system have no reason; their bit is the highest of 32.
    error->reason = code >> 31 & 1 ? 0 : (int)(code & 0x7FFFFF);
    error->lacked_certificate = tls->wanted_certificate && !tls->has_certificate;
    error->showed_certificate = tls->wanted_certificate && tls->has_certificate;
    const char *text = tls->api->ERR_reason_error_string(code);
    // A wrong signature is behind other errors in the queue, so the verification is asked first.
    error->verification = (int)tls->api->SSL_get_verify_result(tls->ssl);
    if (error->verification != 0) {
        text = tls->api->X509_verify_cert_error_string(error->verification);
    }
    snprintf(error->text, sizeof error->text, "%s", text == NULL ? "" : text);
}

const char *clinux_tls_version(struct clinux_tls *tls) { return tls->api->SSL_get_version(tls->ssl); }

const char *clinux_tls_cipher(struct clinux_tls *tls) {
    const SSL_CIPHER *cipher = tls->api->SSL_get_current_cipher(tls->ssl);
    return cipher == NULL ? "" : tls->api->SSL_CIPHER_get_name(cipher);
}
