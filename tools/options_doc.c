/*
 * Prints docs/options.md from the library's table of options: build/gcc/tools/options_doc
 * >docs/options.md
 */
#include <stdio.h>

#include "internal.h"

static const char *kinds_of(const struct anysock_option_row *row) {
    if ((row->where & ON_INET6_ONLY) != 0)
        return "IPv6";
    if ((row->where & ON_BOTH) == ON_BOTH)
        return "all";
    return (row->where & ON_STREAM) != 0 ? "stream" : "datagram";
}

int main(void) {
    size_t count;
    const struct anysock_option_row *rows = anysock_option_rows(&count);
    puts("# Options\n\n"
         "Made from the table in `src/option.c` by `tools/options_doc.c`; a test compares them. "
         "What each\n"
         "option does is said in `include/anysock.h`. A system without an option answers\n"
         "`ANYSOCK_ENOPROTOOPT`, a value out of range is `ANYSOCK_EDOM`, everywhere.\n\n"
         "| option | unit | range | sockets |\n"
         "|---|---|---|---|");
    for (size_t i = 0; i < count; i++) {
        printf("| `ANYSOCK_OPTION_%s` | %s | ", rows[i].name, rows[i].unit);
        if (rows[i].read_only)
            printf("read only");
        else if (rows[i].max == INT_MAX)
            printf("%d up", rows[i].min);
        else
            printf("%d to %d", rows[i].min, rows[i].max);
        printf(" | %s |\n", kinds_of(&rows[i]));
    }
    return 0;
}
