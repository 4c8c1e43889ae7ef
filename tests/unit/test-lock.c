/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-rig.h"

/* ---- Helpers ---- */

/* A child that holds a lock until a byte comes or it is killed. */
struct holder {
	pid_t pid;
	int release; /* write or close: it goes on */
};

static void wait_ready(int fd)
{
	char c;

	g_assert_cmpint(read(fd, &c, 1), ==, 1);
}

static struct holder hold(const char *root, const char *name,
			  void (*before_end)(struct domain_dir *))
{
	int ready[2], release[2];
	struct holder h;
	char c;

	g_assert_cmpint(pipe2(ready, O_CLOEXEC), ==, 0);
	g_assert_cmpint(pipe2(release, O_CLOEXEC), ==, 0);
	h.pid = fork();
	if (h.pid == 0) {
		struct store *st = rig_open(root);
		struct domain_dir *dd = rig_lock(st, name);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(release[1]);
		(void)!write(ready[1], "r", 1);
		(void)!read(release[0], &c, 1);
		if (before_end)
			before_end(dd);
		_exit(0);
	}
	close(ready[1]);
	close(release[0]);
	wait_ready(ready[0]);
	close(ready[0]);
	h.release = release[1];
	return h;
}

static void let_go(struct holder *h)
{
	int status;

	close(h->release);
	waitpid(h->pid, &status, 0);
}

/* In another thread, because the waiting is what is looked at. */
struct waiter {
	struct store *st;
	const char *name;
	GThread *thread;
	GError *err;
	struct domain_dir *dd;
};

static void *wait_for_lock(void *data)
{
	struct waiter *w = data;

	w->dd = domain_lock(w->st, w->name, &w->err);
	return NULL;
}

static void waiter_start(struct waiter *w, struct store *st, const char *name)
{
	*w = (struct waiter){ .st = st, .name = name };
	w->thread = g_thread_new("waiter", wait_for_lock, w);
}

/* Let the waiter come as far as its watch: an inotify descriptor of this process. */
static void wait_watching(unsigned int n)
{
	gint64 deadline = mono_ms() + 5000;
	unsigned int found = 0;

	while (found < n && mono_ms() < deadline) {
		GDir *fds = g_dir_open("/proc/self/fd", 0, NULL);
		const char *fd;

		found = 0;
		while ((fd = g_dir_read_name(fds))) {
			g_autofree char *path = g_strconcat("/proc/self/fd/", fd, NULL);
			g_autofree char *text = g_file_read_link(path, NULL);

			found += text && strstr(text, "inotify");
		}
		g_dir_close(fds);
		g_thread_yield();
	}
	g_assert_cmpuint(found, >=, n);
}

/* ---- Tests ---- */

static void test_probe(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	GError *err = NULL;

	g_assert_cmpint(lock_probe(dd->fd, "lock"), ==, LOCK_HELD);
	g_assert_cmpint(lock_probe(dd->fd, "nothing"), ==, LOCK_ABSENT);
	g_assert_cmpint(lock_probe(-1, "lock"), ==, LOCK_UNKNOWN);
	g_assert_false(lock_wait_free(dd->fd, "lock", 5));
	g_assert_true(lock_wait_free(dd->fd, "nothing", 5));
	g_assert_null(domain_try_lock(st, "vm", &err));
	g_assert_true(error_is(err, VIR_ERR_RESOURCE_BUSY));
	close_fd(&dd->lock_fd);
	g_assert_cmpint(lock_probe(dd->fd, "lock"), ==, LOCK_FREE);
	g_assert_true(lock_wait_free(dd->fd, "lock", 0));
	g_error_free(err);
	domain_close(dd);
	rig_close(st);
}

static void test_busy_names_holder(void)
{
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", NULL);
	g_autofree char *want = g_strdup_printf(
		"domain 'vm' is busy: 'test' (pid %d) holds it; nothing was changed; try again, or "
		"raise lock-wait",
		(int)h.pid);
	GError *err = NULL;

	g_assert_null(domain_try_lock(st, "vm", &err));
	g_assert_true(error_is(err, VIR_ERR_RESOURCE_BUSY));
	g_assert_cmpstr(err->message, ==, want);
	g_error_free(err);
	let_go(&h);
	rig_close(st);
}

/* A text that nobody could replace, of a process that is gone, names nobody. */
static void test_busy_stale_text(void)
{
	struct store *st = rig_with_vm();
	static const char *const texts[] = { "", "x\n", "-1 a\n", "999999999 gone\n", "7\n" };
	struct domain_dir *dd = rig_lock(st, "vm");

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) err = NULL;

		rig_write(dd->fd, "lock", texts[i]);
		g_assert_null(domain_try_lock(st, "vm", &err));
		g_assert_nonnull(strstr(err->message, "busy: another process holds it"));
	}
	domain_close(dd);
	rig_close(st);
}

static void test_text_is_replaced(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *want = g_strdup_printf("%d test\n", (int)getpid());
	g_autofree char *text = NULL;
	struct domain_dir *dd;

	rig_write(st->domains, "vm/lock", "1 something-very-much-longer-than-the-next-one\n");
	dd = rig_lock(st, "vm");
	text = rig_text(st->domains, "vm/lock");
	g_assert_cmpstr(text, ==, want);
	domain_close(dd);
	rig_close(st);
}

/* The text is for others only: no fault in writing it keeps anybody from working. */
static void test_text_may_fail(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd;

	sys_fault_set("enospc+:1");
	dd = rig_lock(st, "vm");
	g_assert_true(sys_fault_fired());
	sys_fault_set(NULL);
	domain_close(dd);
	rig_close(st);
}

static void test_deadline(void)
{
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", NULL);
	gint64 start = mono_ms();
	GError *err = NULL;

	st->lock_wait_ms = 150;
	g_assert_null(domain_lock(st, "vm", &err));
	g_assert_true(error_is(err, VIR_ERR_RESOURCE_BUSY));
	g_assert_cmpint(mono_ms() - start, >=, 150);
	g_assert_cmpint(mono_ms() - start, <, 2000);
	g_error_free(err);
	let_go(&h);
	rig_close(st);
}

/* Two wait; each gets it, whether the one before lets go or is killed. */
static void test_two_waiters(gconstpointer data)
{
	bool is_killed = GPOINTER_TO_INT(data);
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", NULL);
	struct waiter w[2];

	st->lock_wait_ms = 10000;
	waiter_start(&w[0], st, "vm");
	waiter_start(&w[1], st, "vm");
	wait_watching(2);
	if (is_killed)
		kill(h.pid, SIGKILL);
	let_go(&h);
	/* One has it, and the other one gets it only when that one closes. */
	while (lock_probe(st->domains, "vm/lock") != LOCK_HELD)
		g_thread_yield();
	while (!__atomic_load_n(&w[0].dd, __ATOMIC_ACQUIRE) &&
	       !__atomic_load_n(&w[1].dd, __ATOMIC_ACQUIRE))
		g_thread_yield();
	g_assert_true(!w[0].dd != !w[1].dd);
	for (int i = w[0].dd ? 0 : 1, n = 0; n < 2; n++, i = !i) {
		g_thread_join(w[i].thread);
		g_assert_no_error(w[i].err);
		g_assert_nonnull(w[i].dd);
		domain_close(w[i].dd);
	}
	rig_close(st);
}

static void rename_away(struct domain_dir *dd)
{
	if (!domain_move(dd, "vm2", NULL))
		_exit(1);
}

static void rename_and_replace(struct domain_dir *dd)
{
	rename_away(dd);
	if (!rig_define(dd->store, "vm", NEW_XML, NULL))
		_exit(1);
}

static void retire(struct domain_dir *dd)
{
	if (!store_retire(dd, false, NULL, NULL))
		_exit(1);
}

/* The lock that was waited for is worth nothing when the name means another directory by now. */
static void test_name_is_gone(gconstpointer data)
{
	void (*const ways[])(struct domain_dir *) = { rename_away, retire };
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", ways[GPOINTER_TO_INT(data)]);
	struct waiter w;

	waiter_start(&w, st, "vm");
	wait_watching(1);
	let_go(&h);
	g_thread_join(w.thread);
	g_assert_null(w.dd);
	g_assert_true(error_is(w.err, VIR_ERR_NO_DOMAIN));
	g_error_free(w.err);
	rig_close(st);
}

static void test_name_is_another(void)
{
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", rename_and_replace);
	struct waiter w;

	waiter_start(&w, st, "vm");
	wait_watching(1);
	let_go(&h);
	g_thread_join(w.thread);
	/* Its successor is not the one that was meant. */
	g_assert_null(w.dd);
	g_assert_true(error_is(w.err, VIR_ERR_OPERATION_FAILED));
	g_error_free(w.err);
	rig_close(st);
}

/* The event may come before the lock is free, and then none comes any more. Here: unlocked
 * without any event. */
static void test_no_event(void)
{
	struct flock unlock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct waiter w;

	st->lock_wait_ms = 60000;
	waiter_start(&w, st, "vm");
	wait_watching(1);
	g_assert_cmpint(fcntl(dd->lock_fd, F_OFD_SETLK, &unlock), ==, 0);
	g_thread_join(w.thread);
	g_assert_no_error(w.err);
	domain_close(w.dd);
	domain_close(dd);
	rig_close(st);
}

static void test_wait_free(void)
{
	struct store *st = rig_with_vm();
	struct holder h = hold(st->root, "vm", NULL);

	g_assert_false(lock_wait_free(st->domains, "vm/lock", 20));
	kill(h.pid, SIGKILL);
	g_assert_true(lock_wait_free(st->domains, "vm/lock", 5000));
	let_go(&h);
	rig_close(st);
}

/* ---- Many writers, killed at random ---- */

#define WRITERS 16
#define ROUNDS 120
#define KILLS 60

/* Add one to the counter under the lock, then acknowledge with one byte. */
static void write_rounds(const char *root, int acks)
{
	struct store *st = rig_open(root);

	st->lock_wait_ms = 30000;
	for (int i = 0; i < ROUNDS; i++) {
		struct domain_dir *dd = domain_lock(st, "vm", NULL);
		g_autofree char *text = dd ? rig_text(dd->fd, "counter") : NULL;
		g_autofree char *next = NULL;

		if (!dd)
			_exit(1);
		next = g_strdup_printf("%d", text ? atoi(text) + 1 : 1);
		if (!sys_replace_file_volatile(dd->fd, "counter", next, strlen(next), NULL))
			_exit(2);
		if (write(acks, "a", 1) != 1)
			_exit(3);
		domain_close(dd);
	}
	_exit(0);
}

static pid_t start_writer(const char *root, int acks)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		write_rounds(root, acks);
	}
	return pid;
}

static int count_acks(int fd)
{
	char buffer[4096];
	int n = 0;
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		n += got;
	return n;
}

/* Kill one of them after each few acknowledgements; all that live must come to their end. */
static int run_writers(const char *root, int acks[2], int *ret_killed)
{
	pid_t writers[WRITERS];
	int n_acks = 0, alive = WRITERS, status;
	char c;

	*ret_killed = 0;
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(root, acks[1]);
	close(acks[1]);
	while (*ret_killed < KILLS && read(acks[0], &c, 1) == 1) {
		int victim = g_random_int_range(0, WRITERS);

		n_acks++;
		if (n_acks % 7 != 0 || alive <= WRITERS / 4)
			continue;
		if (writers[victim] && kill(writers[victim], SIGKILL) == 0) {
			waitpid(writers[victim], &status, 0);
			*ret_killed += WIFSIGNALED(status);
			writers[victim] = 0;
			alive--;
		}
	}
	n_acks += count_acks(acks[0]);
	for (int i = 0; i < WRITERS; i++) {
		if (!writers[i])
			continue;
		waitpid(writers[i], &status, 0);
		g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	return n_acks;
}

/* No acknowledged update is lost, and each kill can at most have hidden one acknowledgement. */
static void test_writers(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *text = NULL;
	int acks[2], n_acks, killed, n;

	g_assert_cmpint(pipe2(acks, O_CLOEXEC), ==, 0);
	n_acks = run_writers(st->root, acks, &killed);
	text = rig_text(st->domains, "vm/counter");
	n = atoi(text);
	g_test_message("%d acknowledged, %d counted, %d killed", n_acks, n, killed);
	g_assert_cmpint(killed, >=, 1); /* a fast disk lets most of them end in time */
	g_assert_cmpint(n, >=, n_acks);
	g_assert_cmpint(n, <=, n_acks + killed);
	close(acks[0]);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lock/probe", test_probe);
	g_test_add_func("/lock/busy-names-holder", test_busy_names_holder);
	g_test_add_func("/lock/busy-stale-text", test_busy_stale_text);
	g_test_add_func("/lock/text-is-replaced", test_text_is_replaced);
	g_test_add_func("/lock/text-may-fail", test_text_may_fail);
	g_test_add_func("/lock/deadline", test_deadline);
	g_test_add_data_func("/lock/two-waiters/released", GINT_TO_POINTER(false),
			     test_two_waiters);
	g_test_add_data_func("/lock/two-waiters/killed", GINT_TO_POINTER(true), test_two_waiters);
	g_test_add_data_func("/lock/name-is-gone/renamed", GINT_TO_POINTER(0), test_name_is_gone);
	g_test_add_data_func("/lock/name-is-gone/retired", GINT_TO_POINTER(1), test_name_is_gone);
	g_test_add_func("/lock/name-is-another", test_name_is_another);
	g_test_add_func("/lock/no-event", test_no_event);
	g_test_add_func("/lock/wait-free", test_wait_free);
	g_test_add_func("/lock/writers", test_writers);
	return g_test_run();
}
