#include "CLinuxTLS.h"
#include "openssl.h"

struct clinux_tls *clinux_tls_owner(const struct openssl *api, const SSL *ssl) { return api->SSL_get_ex_data(ssl, 0); }

// Whether the trusted key vouches for a certificate: has signed it, or is its own.
static int is_vouched_for(const struct clinux_tls *tls, X509 *certificate) {
    const struct openssl *api = tls->api;
    if (tls->anchor_is_authority)
        return api->X509_NAME_cmp(api->X509_get_issuer_name(certificate), tls->anchor_name) == 0 &&
               api->X509_verify(certificate, tls->anchor) == 1;
    EVP_PKEY *key = api->X509_get0_pubkey(certificate);
    return key != NULL && api->X509_NAME_cmp(api->X509_get_subject_name(certificate), tls->anchor_name) == 0 &&
           api->EVP_PKEY_eq(key, tls->anchor) == 1;
}

// The first of the server's certificates that the key vouches for; where the key is no authority's, only the server's
// own can be it.
static X509 *find_vouched_for(const struct clinux_tls *tls, X509_STORE_CTX *store) {
    const struct openssl *api = tls->api;
    OPENSSL_STACK *presented = api->X509_STORE_CTX_get0_untrusted(store);
    int count = presented == NULL ? 0 : api->OPENSSL_sk_num(presented);
    if (!tls->anchor_is_authority && count > 1)
        count = 1;
    for (int index = 0; index < count; index++) {
        X509 *certificate = api->OPENSSL_sk_value(presented, index);
        if (is_vouched_for(tls, certificate))
            return certificate;
    }
    return NULL;
}

// With a trusted key the chain has to end at a certificate that it vouches for, and nowhere else; all the rest (dates,
// names, what each may be used for) is checked as ever.
int clinux_tls_verify(X509_STORE_CTX *store, void *data) {
    const struct openssl *api = data;
    SSL *ssl = api->X509_STORE_CTX_get_ex_data(store, api->SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct clinux_tls *tls = ssl == NULL ? NULL : clinux_tls_owner(api, ssl);
    if (tls == NULL)
        return 0;
    if (tls->anchor == NULL)
        return api->X509_verify_cert(store);
    OPENSSL_STACK *trusted = api->OPENSSL_sk_new_null();
    if (trusted == NULL)
        return 0;
    X509 *end = find_vouched_for(tls, store);
    // Without one nothing is trusted, and the check says so.
    if (end != NULL)
        api->OPENSSL_sk_push(trusted, end);
    api->X509_STORE_CTX_set0_trusted_stack(store, trusted);
    api->X509_VERIFY_PARAM_set_flags(api->X509_STORE_CTX_get0_param(store), OPENSSL_V_FLAG_PARTIAL_CHAIN);
    int result = api->X509_verify_cert(store);
    api->OPENSSL_sk_free(trusted);
    return result;
}
