/*
 * Reading and writing options by a table, written once. Each port includes this file in its
 * option.c, behind
 *     struct place { int level, name; enum shape shape; }
 *     places[][2]         where each option is, by its number, on IPv4 and on IPv6 sockets
 *     union native_value { int number; unsigned char byte; ... }   all that the system takes
 *     missing()           sets the error of an option that the system does not have
 *     to_native(), from_native()   the value in the system's shape and back; to_native() returns
 * the length of it, which that of the answer is too; 0 if the system has no such value
 */

static const struct place *find_place(enum anysock_option option, bool inet6) {
    size_t index = (size_t)option;
    if (index >= sizeof places / sizeof places[0] || places[index][inet6].shape == ABSENT)
        return NULL;
    return &places[index][inet6];
}

static int set_at(const struct place *place, anysock_native native, int value) {
    union native_value own;
    raw_length length = to_native(place->shape, value, &own);
    if (length == 0)
        return missing();
    int result = setsockopt(raw(native), place->level, place->name, (const char *)&own, length);
    if (result == 0 || place->shape != NARROW)
        return result;
    own.byte = (unsigned char)value;
    return setsockopt(raw(native), place->level, place->name, (const char *)&own, 1);
}

/* Without V6ONLY, what an IPv6 socket sends to IPv4-mapped peers goes by IPv4's place. With it,
 * that would do nothing but what comes of it besides: Linux derives the priority from the type of
 * service. Not every system lets IPv6 sockets have that place, and not every option is there. */
static void set_for_mapped_peers(anysock_native native, enum anysock_option option,
                                 const struct place *place, int value) {
    const struct place *mapped = find_place(option, false);
    int v6only;
    if (mapped == NULL || mapped->level == place->level)
        return;
    int error = anysock_port_native_error();
    if (anysock_port_get_option(native, ANYSOCK_OPTION_V6ONLY, true, &v6only) == 0 && v6only == 0)
        (void)set_at(mapped, native, value);
    anysock_port_set_native_error(error);
}

int anysock_port_set_option(anysock_native native, enum anysock_option option, bool inet6,
                            int value) {
    const struct place *place = find_place(option, inet6);
    if (place == NULL)
        return missing();
    int result = set_at(place, native, value);
    if (result == 0 && inet6)
        set_for_mapped_peers(native, option, place, value);
    return result;
}

/* Any system may answer with one byte, the first one, and leave the others alone. */
int anysock_port_get_option(anysock_native native, enum anysock_option option, bool inet6,
                            int *value) {
    const struct place *place = find_place(option, inet6);
    union native_value own;
    if (place == NULL)
        return missing();
    raw_length length = to_native(place->shape, 1, &own); /* a value that every shape has */
    memset(&own, 0, sizeof own);
    if (getsockopt(raw(native), place->level, place->name, (char *)&own, &length) != 0)
        return -1;
    if (length == 1)
        own.number = own.byte;
    *value = from_native(place->shape, &own, (size_t)length);
    return 0;
}
