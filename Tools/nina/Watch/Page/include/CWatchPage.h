#ifndef CWATCHPAGE_H
#define CWATCHPAGE_H

#include <stddef.h>

/// The bytes of a file of the page, such as "page.html", and their number; null for a name that it does not have.
const unsigned char *_Nullable cwatchpage_file(const char *_Nonnull name, size_t *_Nonnull count);

#endif
