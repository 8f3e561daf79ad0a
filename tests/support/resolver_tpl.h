/*
 * What the tests ask of the system's resolver, written once. Each platform_*.c includes this file
 * behind resolver_names[], the system's own numbers.
 */

bool resolver_number(const char *name, int *number) {
    for (size_t i = 0; i < sizeof resolver_names / sizeof resolver_names[0]; i++) {
        *number = resolver_names[i].number;
        if (strcmp(name, resolver_names[i].name) == 0)
            return true;
    }
    return false;
}

int foreign_lookup(const char *host) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found = NULL;
    int result = getaddrinfo(host, NULL, &hints, &found);
    if (result == 0)
        freeaddrinfo(found);
    return result;
}
