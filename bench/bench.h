/*
 * What the drivers of `calls` and `queue` share: the marks around what counts, and the check that
 * a call did what it should.
 */
#ifndef ANYSOCK_BENCH_H
#define ANYSOCK_BENCH_H

/* Bytes per message. */
#define BENCH_SIZE 64

/* Around what counts. Where time is measured they do nothing. */
void bench_begin(void);
void bench_end(void);

/* Ends the program unless a call did what the row says: a wrong call would be a cheap one. */
#define expect(condition) ((condition) ? (void)0 : bench_fail(__FILE__, __LINE__, #condition))
_Noreturn void bench_fail(const char *file, int line, const char *condition);

#endif
