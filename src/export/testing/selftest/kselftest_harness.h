/*
 * A stand-in for the kernel's harness with a backend that does nothing: it records the order of the syscalls of a test, which
 * includes this file last. The test runs RUNS times; the first order is printed, and how many runs had the same one.
 */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS 1000

static char fake_log[2][4096];
static int fake_run;
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;

static long fake_call(const char *name, long what)
{
	char text[64];

	for (int i = (int)(what + fake_run) % 3; i > 0; i--)
		sched_yield();
	pthread_mutex_lock(&fake_lock);
	snprintf(text, sizeof(text), "%s %lx\n", name, what);
	strncat(fake_log[fake_run > 0], text, sizeof(fake_log[0]) - strlen(fake_log[fake_run > 0]) - 1);
	pthread_mutex_unlock(&fake_lock);
	return 0;
}

#define open(path, flags) ((int)fake_call("open " path, flags))
#define close(fd) fake_call("close", 0)
#define dup(fd) ((int)fake_call("dup", 0))
#define ioctl(fd, command, ...) ((int)fake_call("ioctl", command))
#define mmap(at, size, prot, flags, fd, offset) (fake_call("mmap", 0) == 0 ? NULL : MAP_FAILED)
#define munmap(at, size) fake_call("munmap", 0)
#define write(fd, text, size) fake_call("write " text, 0)

#define TEST(name) static void test_##name(void)
#define ASSERT_EQ(want, got) do { if ((want) != (got)) { printf("%s is %d\n", #got, (int)(got)); exit(1); } } while (0)
/* The backend returns no errno. */
#define EXPECT_EQ(want, got) do { (void)(want); (void)(got); } while (0)
#define TEST_HARNESS_MAIN \
	int main(void) \
	{ \
		int same = 0; \
		for (fake_run = 0; fake_run < RUNS; fake_run++) { \
			done = 0; \
			fake_log[1][0] = 0; \
			test_order(); \
			same += fake_run == 0 || strcmp(fake_log[0], fake_log[1]) == 0; \
		} \
		printf("%s%d of %d\n", fake_log[0], same, RUNS); \
		return 0; \
	}
