#include "CWatchPage.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char html[] = {
#embed "page.html"
};
static const unsigned char style[] = {
#embed "style.css"
};
static const unsigned char items[] = {
#embed "items.js"
};
static const unsigned char list[] = {
#embed "list.js"
};
static const unsigned char view[] = {
#embed "view.js"
};
static const unsigned char lanes[] = {
#embed "lanes.js"
};
static const unsigned char detail[] = {
#embed "detail.js"
};
static const unsigned char trouble[] = {
#embed "trouble.js"
};
static const unsigned char live[] = {
#embed "live.js"
};
static const unsigned char page[] = {
#embed "page.js"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} files[] = {
    {"page.html", html, sizeof html},
    {"style.css", style, sizeof style},
    {"items.js", items, sizeof items},
    {"list.js", list, sizeof list},
    {"view.js", view, sizeof view},
    {"lanes.js", lanes, sizeof lanes},
    {"detail.js", detail, sizeof detail},
    {"trouble.js", trouble, sizeof trouble},
    {"live.js", live, sizeof live},
    {"page.js", page, sizeof page},
};

const unsigned char *cwatchpage_file(const char *name, size_t *count) {
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].name, name) != 0) continue;
        *count = files[i].count;
        return files[i].bytes;
    }
    return NULL;
}
