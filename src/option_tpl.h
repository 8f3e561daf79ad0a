/*
 * Reading and writing options by a table, written once. Each port includes this file in its
 * option.c, behind
 *     struct place { int level, name, level6, name6; enum shape shape; }
 *     places[]            where each option is, by its number
 *     missing()           sets the error of an option that the system does not have
 *     to_native(), from_native()   the value in the system's unit and back
 */

static const struct place *find_place(enum anysock_option option, bool inet6, int *level,
                                      int *name) {
    size_t index = (size_t)option;
    if (index >= sizeof places / sizeof places[0] || places[index].shape == ABSENT)
        return NULL;
    const struct place *place = &places[index];
    *level = inet6 ? place->level6 : place->level;
    *name = inet6 ? place->name6 : place->name;
    return *name != NOWHERE ? place : NULL;
}

int anysock_port_set_option(anysock_native native, enum anysock_option option, bool inet6,
                            int value) {
    int level, name;
    const struct place *place = find_place(option, inet6, &level, &name);
    if (place == NULL)
        return missing();
    int own = to_native(place->shape, value);
    return setsockopt(raw(native), level, name, (const char *)&own, sizeof own);
}

/* Zeroed first: a system may answer with one byte. */
int anysock_port_get_option(anysock_native native, enum anysock_option option, bool inet6,
                            int *value) {
    int level, name, own = 0;
    raw_length length = sizeof own;
    const struct place *place = find_place(option, inet6, &level, &name);
    if (place == NULL)
        return missing();
    if (getsockopt(raw(native), level, name, (char *)&own, &length) != 0)
        return -1;
    *value = from_native(place->shape, own, (size_t)length);
    return 0;
}
