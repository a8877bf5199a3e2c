#include "CLinuxTLS.h"
#include "openssl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
    const char *name;
    size_t offset;
};

#define OPENSSL_SYMBOL(result, name, parameters) {#name, offsetof(struct openssl, name)},

static const struct symbol symbols[] = {OPENSSL_FUNCTIONS(OPENSSL_SYMBOL)};

// Finds every function. The names of libcrypto are found through libssl, which depends on it.
static int find_functions(struct clinux_tls_context *context, const char *library, char *text, size_t size) {
    for (size_t index = 0; index < sizeof symbols / sizeof symbols[0]; index++) {
        void *address = dlsym(context->library, symbols[index].name);
        if (address == NULL) {
            snprintf(text, size, "%s has no %s: OpenSSL 3 is needed", library, symbols[index].name);
            return 0;
        }
        memcpy((char *)&context->api + symbols[index].offset, &address, sizeof address);
    }
    return 1;
}

// The server asks for a certificate. The handshake goes on with the one that was set, or without one.
static int certificate_wanted(SSL *ssl, void *api) {
    struct clinux_tls *tls = clinux_tls_owner(api, ssl);
    if (tls != NULL)
        tls->wanted_certificate = 1;
    return 1;
}

static int load_authorities(struct clinux_tls_context *context, const char *authorities, char *text, size_t size) {
    const struct openssl *api = &context->api;
    api->ERR_clear_error();
    int loaded = authorities == NULL ? api->SSL_CTX_set_default_verify_paths(context->shared)
                                     : api->SSL_CTX_load_verify_file(context->shared, authorities);
    if (loaded == 1)
        return 1;
    const char *reason = api->ERR_reason_error_string(api->ERR_peek_error());
    snprintf(text, size, "no authorities in %s: %s", authorities == NULL ? "the system's store" : authorities,
             reason == NULL ? "not a file of certificates" : reason);
    return 0;
}

struct clinux_tls_context *clinux_tls_context_create(const char *library, const char *authorities, char *text,
                                                     size_t size) {
    struct clinux_tls_context *context = calloc(1, sizeof *context);
    if (context == NULL) {
        snprintf(text, size, "no memory");
        return NULL;
    }
    context->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (context->library == NULL) {
        const char *reason = dlerror();
        snprintf(text, size, "%s", reason == NULL ? "the library cannot be loaded" : reason);
        free(context);
        return NULL;
    }
    const struct openssl *api = &context->api;
    if (!find_functions(context, library, text, size)) {
        dlclose(context->library);
        free(context);
        return NULL;
    }
    context->shared = api->SSL_CTX_new(api->TLS_client_method());
    if (context->shared == NULL) {
        snprintf(text, size, "%s cannot be used", library);
        clinux_tls_context_free(context);
        return NULL;
    }
    api->SSL_CTX_ctrl(context->shared, OPENSSL_CTRL_SET_MIN_PROTO_VERSION, OPENSSL_TLS1_2_VERSION, NULL);
    api->SSL_CTX_ctrl(context->shared, OPENSSL_CTRL_MODE, OPENSSL_MODE_RELEASE_BUFFERS, NULL);
    api->SSL_CTX_ctrl(context->shared, OPENSSL_CTRL_SET_SESS_CACHE_MODE, 0, NULL);
    api->SSL_CTX_set_options(context->shared, OPENSSL_OP_NO_RENEGOTIATION);
    api->SSL_CTX_set_verify(context->shared, OPENSSL_VERIFY_PEER, NULL);
    api->SSL_CTX_set_cert_verify_callback(context->shared, clinux_tls_verify, &context->api);
    api->SSL_CTX_set_cert_cb(context->shared, certificate_wanted, &context->api);
    if (!load_authorities(context, authorities, text, size)) {
        clinux_tls_context_free(context);
        return NULL;
    }
    return context;
}

// The library stays loaded: it has handlers that run when the process ends.
void clinux_tls_context_free(struct clinux_tls_context *context) {
    if (context == NULL)
        return;
    if (context->shared != NULL)
        context->api.SSL_CTX_free(context->shared);
    free(context);
}
