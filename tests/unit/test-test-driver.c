/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The test driver under the engine: what stands in the way of an undefine, for every combination of
 * what a domain can have and what the user can name; and whose state is whose.
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <libvirt/libvirt-domain.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "engine/engine.h"

#define SNAPSHOT "<domainsnapshot><name>s1</name></domainsnapshot>"

static char *place; /* TMPDIR of this program */

static struct engine *open_uri(const char *uri)
{
	g_autoptr(GError) err = NULL;
	struct engine *e = engine_open(uri, "test", &err);

	g_assert_no_error(err);
	return e;
}

static guint n_places(void)
{
	g_autoptr(GDir) dir = g_dir_open(place, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

/* ---- The guards of undefine ---- */

enum {
	HAS_PROTECTION = 1,
	HAS_SNAPSHOT = 2,
	HAS_CHECKPOINT = 4,
	HAS_SAVE = 8,
	HAS_NVRAM = 16,
	HAS_TPM = 32,
	IS_RUNNING = 64,
	COMBINATIONS = 128
};

static const unsigned int named[] = {
	VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
	VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
	VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA,
	VIR_DOMAIN_UNDEFINE_NVRAM,
	VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
	VIR_DOMAIN_UNDEFINE_TPM,
	VIR_DOMAIN_UNDEFINE_KEEP_TPM,
};

static unsigned int flags_of(unsigned int choice)
{
	unsigned int flags = 0;

	for (guint i = 0; i < G_N_ELEMENTS(named); i++)
		if (choice & (1u << i))
			flags |= named[i];
	return flags;
}

/* The law, once more in its own words. */
static bool is_allowed(unsigned int has, unsigned int flags)
{
	bool off = !(has & IS_RUNNING);

	if ((flags & VIR_DOMAIN_UNDEFINE_NVRAM) && (flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM))
		return false;
	if ((flags & VIR_DOMAIN_UNDEFINE_TPM) && (flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM))
		return false;
	if (has & HAS_PROTECTION)
		return false;
	if (off && (has & HAS_SNAPSHOT) && !(flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA))
		return false;
	if (off && (has & HAS_CHECKPOINT) && !(flags & VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA))
		return false;
	if ((has & HAS_SAVE) && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE))
		return false;
	return !(has & HAS_NVRAM) ||
	       (flags & (VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM));
}

static void put_file(const char *dir, const char *sub, const char *name)
{
	g_autofree char *where = g_build_filename(dir, sub, NULL);
	g_autofree char *file = g_build_filename(where, name, NULL);

	g_assert_true(g_mkdir_with_parents(where, 0700) == 0);
	g_assert_true(g_file_set_contents(file, "x", -1, NULL));
}

/* "test", with all that. What a guest does not make itself is put there by hand. */
static struct engine *open_with(unsigned int has)
{
	struct engine *e = open_uri("test:///default");
	g_autofree char *dir = g_build_filename(engine_root(e), "domains", "test", NULL);
	GError *err = NULL;

	if (has & HAS_SNAPSHOT)
		engine_snapshot_create(e, "test", SNAPSHOT, 0, NULL, &err);
	g_assert_no_error(err);
	if (has & HAS_SAVE)
		engine_managed_save(e, "test", 0, &err);
	else if (!(has & IS_RUNNING))
		engine_destroy(e, "test", false, &err);
	g_assert_no_error(err);
	if (has & HAS_CHECKPOINT)
		put_file(dir, "checkpoints", "c1.xml");
	if (has & HAS_NVRAM)
		put_file(dir, "", "nvram.fd");
	if (has & HAS_TPM)
		put_file(dir, "tpm", "state");
	if (has & HAS_PROTECTION)
		g_assert_true(engine_set_protected(e, "test", true, NULL));
	return e;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names and sizes of all below, but for locks. */
static void sign(const char *path, GString *out)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *child = g_build_filename(path, names->pdata[i], NULL);
		struct stat st;

		g_assert_true(lstat(child, &st) == 0);
		if (strcmp(names->pdata[i], "lock") == 0)
			continue;
		g_string_append_printf(out, "%s %d %ld\n", child, (int)st.st_mode,
				       S_ISDIR(st.st_mode) ? 0 : (long)st.st_size);
		if (S_ISDIR(st.st_mode))
			sign(child, out);
	}
}

static char *signature(struct engine *e)
{
	GString *out = g_string_new(NULL);

	sign(engine_root(e), out);
	return g_string_free(out, FALSE);
}

static void check_undefined(struct engine *e, bool was_running)
{
	g_autoptr(GError) err = NULL;
	struct domain_brief *b = engine_brief(e, "test", &err);

	if (was_running) {
		g_assert_no_error(err);
		g_assert_true(b->is_alive && !b->has_config);
		g_assert_true(engine_destroy(e, "test", false, &err));
	} else {
		g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN));
	}
	domain_brief_free(b);
}

/* Refusals first: they leave the store as it is, so that one store serves them all. */
static void check_refusals(unsigned int has)
{
	struct engine *e = open_with(has);
	g_autofree char *before = signature(e), *after = NULL;

	for (unsigned int choice = 0; choice < 1u << G_N_ELEMENTS(named); choice++) {
		g_autoptr(GError) err = NULL;

		if (is_allowed(has, flags_of(choice)))
			continue;
		g_assert_false(engine_undefine(e, "test", flags_of(choice), NULL, &err));
		/* Flags that exclude each other are an argument's fault. */
		g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID) ||
			      error_is(err, VIR_ERR_INVALID_ARG));
		g_assert_true(error_reasons(err) && error_reasons(err)->len > 0);
	}
	after = signature(e);
	g_assert_cmpstr(before, ==, after);
	engine_close(e);
}

static void check_permissions(unsigned int has)
{
	for (unsigned int choice = 0; choice < 1u << G_N_ELEMENTS(named); choice++) {
		g_autoptr(GError) err = NULL;
		struct engine *e;

		if (!is_allowed(has, flags_of(choice)))
			continue;
		e = open_with(has);
		g_assert_true(engine_undefine(e, "test", flags_of(choice), NULL, &err));
		check_undefined(e, has & IS_RUNNING);
		engine_close(e);
	}
}

static void test_undefine(void)
{
	for (unsigned int has = 0; has < COMBINATIONS; has++) {
		/* A running guest has no image. */
		if ((has & IS_RUNNING) && (has & HAS_SAVE))
			continue;
		check_refusals(has);
		check_permissions(has);
	}
	g_assert_cmpuint(n_places(), ==, 0);
}

/* No flag of any kind undefines a transient domain. */
static void test_undefine_transient(void)
{
	struct engine *e = open_uri("test:///default");

	g_assert_true(engine_undefine(e, "test", 0, NULL, NULL));
	for (unsigned int choice = 0; choice < 1u << G_N_ELEMENTS(named); choice++) {
		g_autoptr(GError) err = NULL;

		g_assert_false(engine_undefine(e, "test", flags_of(choice), NULL, &err));
		g_assert_nonnull(strstr(err->message, choice == 0 ? "transient" : ""));
	}
	engine_close(e);
}

/* ---- Whose state ---- */

static enum guest_state state_of(struct engine *e, const char *name)
{
	struct domain_brief *b = engine_brief(e, name, NULL);
	enum guest_state state = b ? b->state : GUEST_NOSTATE;

	domain_brief_free(b);
	return state;
}

static void test_default_is_shared(void)
{
	struct engine *a = open_uri("test:///default"), *b = open_uri("test:///default?x=1");

	g_assert_cmpuint(n_places(), ==, 1);
	g_assert_cmpstr(engine_type(a), ==, "TEST");
	g_assert_cmpstr(engine_uri(b), ==, "test:///default?x=1");
	g_assert_true(engine_suspend(a, "test", NULL));
	g_assert_cmpint(state_of(b, "test"), ==, GUEST_PAUSED);
	engine_close(a);
	g_assert_cmpint(state_of(b, "test"), ==, GUEST_PAUSED);
	engine_close(b);
	g_assert_cmpuint(n_places(), ==, 0);
	a = open_uri("test:///default");
	g_assert_cmpint(state_of(a, "test"), ==, GUEST_RUNNING);
	engine_close(a);
}

static void test_a_file_is_private(void)
{
	g_autofree char *dir = g_strconcat(place, ".node", NULL);
	g_autofree char *file = g_build_filename(dir, "node.xml", NULL);
	g_autofree char *uri = g_strconcat("test://", file, NULL);
	struct engine *a, *b;

	g_assert_true(g_mkdir(dir, 0700) == 0);
	g_assert_true(g_file_set_contents(file,
					  "<node><domain type='test'><name>vm</name>"
					  "<memory>1</memory><os><type>hvm</type></os>"
					  "</domain></node>",
					  -1, NULL));
	a = open_uri(uri);
	b = open_uri(uri);
	g_assert_true(engine_destroy(a, "vm", false, NULL));
	g_assert_cmpint(state_of(a, "vm"), ==, GUEST_SHUTOFF);
	g_assert_cmpint(state_of(b, "vm"), ==, GUEST_RUNNING);
	engine_close(a);
	engine_close(b);
	g_assert_true(g_unlink(file) == 0 && g_rmdir(dir) == 0);
	g_assert_cmpuint(n_places(), ==, 0);
}

/* A child that neither closes nor tidies. */
static void test_left_overs_are_swept(void)
{
	struct engine *e;
	pid_t child = fork();
	int status;

	if (child == 0) {
		open_uri("test:///default");
		_exit(n_places() == 1 ? 0 : 1);
	}
	g_assert_true(waitpid(child, &status, 0) == child && status == 0);
	g_assert_cmpuint(n_places(), ==, 1);
	e = open_uri("test:///default");
	g_assert_cmpuint(n_places(), ==, 1);
	engine_close(e);
	g_assert_cmpuint(n_places(), ==, 0);
}

/* ---- Threads ---- */

static gpointer work(gpointer data)
{
	for (int i = 0; i < 50; i++) {
		struct engine *e = open_uri("test:///default");

		g_assert_true(engine_suspend(e, "test", NULL));
		engine_resume(e, "test", NULL); /* another thread may have been first */
		engine_close(e);
	}
	return data;
}

static void test_threads(void)
{
	GThread *threads[4];

	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("worker", work, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_assert_cmpuint(n_places(), ==, 0);
}

int main(int argc, char **argv)
{
	g_autofree char *base = g_strdup(g_access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	int result;

	g_test_init(&argc, &argv, NULL);
	place = g_strconcat(base, "/domsh-unit.XXXXXX", NULL);
	g_assert_nonnull(g_mkdtemp(place));
	g_setenv("TMPDIR", place, TRUE);
	g_test_add_func("/test-driver/undefine", test_undefine);
	g_test_add_func("/test-driver/undefine-transient", test_undefine_transient);
	g_test_add_func("/test-driver/default-is-shared", test_default_is_shared);
	g_test_add_func("/test-driver/file-is-private", test_a_file_is_private);
	g_test_add_func("/test-driver/left-overs", test_left_overs_are_swept);
	g_test_add_func("/test-driver/threads", test_threads);
	result = g_test_run();
	g_rmdir(place);
	g_free(place);
	return result;
}
