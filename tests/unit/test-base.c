/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/base: errors, names, readers, JSON, and the only door to the disk with its faults. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"

/* A directory of its own for each test. */
struct place {
	char *path;
	int fd;
};

static void set_up(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	place->path = g_dir_make_tmp("test-base-XXXXXX", NULL);
	g_assert_nonnull(place->path);
	place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	g_assert_cmpint(place->fd, >=, 0);
}

static void tear_down(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) err = NULL;

	sys_fault_set(NULL);
	sys_remove_tree(AT_FDCWD, place->path, &err);
	g_assert_no_error(err);
	close(place->fd);
	g_free(place->path);
}

static void assert_mode(const struct place *place, const char *name, mode_t mode)
{
	struct stat st;

	g_assert_cmpint(fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, mode);
}

static void assert_text(const struct place *place, const char *name, const char *wanted)
{
	g_autofree char *text = NULL;

	g_assert_true(read_file_at(place->fd, name, 1000, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, wanted);
}

static void put_text(const struct place *place, const char *name, const char *text)
{
	g_autoptr(GError) err = NULL;

	sys_put_file(place->fd, name, text, strlen(text), &err);
	g_assert_no_error(err);
}

/* ---- Errors ---- */

static void test_error_reasons(void)
{
	g_autoptr(GError) err = NULL;
	g_autoptr(GError) copy = NULL;
	GPtrArray *reasons = g_ptr_array_new();
	const struct reason *r;

	g_assert_false(fail(&err, VIR_ERR_OPERATION_INVALID, "no %s", "way"));
	g_assert_null(error_reasons(err));
	g_ptr_array_add(reasons, reason_new("snapshots", "3 snapshots", "a, b, c", "--x"));
	error_take_reasons(err, reasons);
	copy = g_error_copy(err);
	g_clear_error(&err);
	g_assert_true(error_is(copy, VIR_ERR_OPERATION_INVALID));
	g_assert_cmpuint(error_reasons(copy)->len, ==, 1);
	r = error_reasons(copy)->pdata[0];
	g_assert_cmpstr(r->label, ==, "3 snapshots");
	g_assert_cmpint(r->size, ==, -1);
	g_assert_false(fail_prefix(&copy, "in %d", 7));
	g_assert_cmpstr(copy->message, ==, "in 7: no way");
}

static void test_error_os(void)
{
	g_autoptr(GError) err = NULL;

	g_assert_false(fail_os(&err, ENOENT, "open '%s'", "x"));
	g_assert_true(error_is_os(err, ENOENT));
	g_assert_false(error_is(err, VIR_ERR_OK));
	g_assert_null(error_reasons(err));
	g_assert_true(g_str_has_prefix(err->message, "open 'x': "));
	g_assert_false(fail_os(NULL, ENOENT, "x"));
	g_assert_false(fail(NULL, VIR_ERR_OK, "x"));
	g_assert_false(error_is_os(NULL, ENOENT));
}

/* ---- Names ---- */

static void test_escape(void)
{
	static const char *const pairs[][2] = {
		{ "a", "a" },
		{ "a.b", "a.b" },
		{ ".a", "%2Ea" },
		{ "..", "%2E." },
		{ "50%", "50%25" },
		{ "a~b", "a%7Eb" },
		{ "%2E", "%252E" },
		{ "-rf *", "-rf *" },
		{ "\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac" },
	};
	static const char *const foreign[] = { "", ".a", "a~b", "%2e", "%41", "%", "%2", "%00",
					       "a%2Fb", "x.new~", "%2Ea~", "a%2E" };

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *escaped = name_escape(pairs[i][0]);
		g_autofree char *back = name_unescape(pairs[i][1]);

		g_assert_cmpstr(escaped, ==, pairs[i][1]);
		g_assert_cmpstr(back, ==, pairs[i][0]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
		g_assert_null(name_unescape(foreign[i]));
}

static void test_names_good(void)
{
	static const char *const names[] = {
		"a",	   "-a",	".hidden",     "a b",	       " a",	 "123",
		"%s%n",	   "$(x)",	"a;b",	       "a'b\"c",       "a,b=c",	 "config.xml",
		"lock",	   "current",	"x.new",       "a\\b",	       "<&>",	 "...",
		"\xc3\xa4", "a\xcc\x88", "\xf0\x9f\x98\x80",
		"6695eb01-f6a4-8304-79aa-97f2502e193f",
	};
	g_autofree char *longest = g_strnfill(ESCAPED_MAX, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) err = NULL;

		name_check("domain", names[i], VIR_ERR_XML_ERROR, &err);
		g_assert_no_error(err);
	}
	g_assert_true(name_check("domain", longest, VIR_ERR_XML_ERROR, NULL));
}

static void test_names_bad(void)
{
	static const char *const names[] = {
		"",	       ".",	      "..",	     "/",	    "a/b",
		"../x",	       "/abs",	      " ",	     "   ",	    "a\nb",
		"a\t",	       "\x01",	      "\x1f",	     "\x7f",	    "\xc2\x80",
		"\xc2\x9f",    "\xe2\x80\xae", /* U+202E */  "\xe2\x81\xa6", /* U+2066 */
		"\xe2\x81\xa9", "\xe2\x80\x8b", /* U+200B */ "\xef\xbb\xbf", /* U+FEFF */
		"\xff",	       "\xc3",	      "\xed\xa0\x80", /* a surrogate */
		"\xc0\xaf", /* overlong / */  "\xe2\x80\xa8", /* line separator */
	};
	g_autofree char *too_long = g_strnfill(ESCAPED_MAX + 1, 'x');
	g_autofree char *escaped_too_long = g_strnfill(ESCAPED_MAX / 3 + 1, '~');
	g_autofree char *huge = g_strnfill(4096, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) err = NULL;

		g_assert_false(name_check("snapshot", names[i], VIR_ERR_XML_ERROR, &err));
		g_assert_true(error_is(err, VIR_ERR_XML_ERROR));
		g_assert_true(g_utf8_validate(err->message, -1, NULL));
		g_assert_null(strpbrk(err->message, "\n\t\x01\x1f\x7f"));
	}
	g_assert_false(name_check("domain", too_long, VIR_ERR_XML_ERROR, NULL));
	g_assert_false(name_check("domain", escaped_too_long, VIR_ERR_XML_ERROR, NULL));
	g_assert_false(name_check("domain", huge, VIR_ERR_XML_ERROR, NULL));
}

/* ---- Readers and clocks ---- */

static void test_read_file(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *text = NULL;
	g_autofree char *link = NULL;
	g_autoptr(GError) err = NULL;
	size_t size;

	put_text(place, "a", "hello");
	g_assert_true(read_file_at(place->fd, "a", 5, &text, &size, NULL));
	g_assert_cmpmem(text, size, "hello", 5);
	g_assert_false(read_file_at(place->fd, "a", 4, &text, &size, &err));
	g_assert_true(error_is_os(err, EFBIG));
	g_clear_error(&err);
	g_assert_false(read_file_at(place->fd, "none", 4, &text, &size, &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	g_assert_cmpint(mkfifoat(place->fd, "fifo", 0600), ==, 0);
	g_assert_false(read_file_at(place->fd, "fifo", 4, &text, &size, &err));
	g_assert_true(error_is_os(err, EINVAL));
	g_clear_error(&err);
	g_assert_false(read_file_at(place->fd, ".", 4, &text, &size, &err));
	g_assert_true(error_is_os(err, EINVAL));
	g_clear_error(&err);
	g_assert_cmpint(sys_symlinkat("a", place->fd, "link"), ==, 0);
	g_assert_false(read_file_at(place->fd, "link", 100, &text, &size, &err));
	g_assert_true(error_is_os(err, ELOOP));
	link = read_link_at(place->fd, "link");
	g_assert_cmpstr(link, ==, "a");
	g_assert_null(read_link_at(place->fd, "a"));
}

static void test_read_sparse(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	auto_close int fd = sys_create(place->fd, "big");
	g_autoptr(GError) err = NULL;
	char *text = NULL;

	g_assert_cmpint(sys_ftruncate(fd, 10LL << 30), ==, 0);
	g_assert_false(read_file_at(place->fd, "big", 10 << 20, &text, NULL, &err));
	g_assert_true(error_is_os(err, EFBIG));
}

static void test_exists(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	auto_close int fd = -1;

	g_assert_cmpint(exists_at(place->fd, "a"), ==, 0);
	put_text(place, "a", "");
	g_assert_cmpint(exists_at(place->fd, "a"), ==, 1);
	g_assert_cmpint(exists_at(place->fd, "a/b"), ==, -1);
	g_assert_cmpint(errno, ==, ENOTDIR);
	fd = open_file_at(place->fd, "a");
	g_assert_true(same_file_at(fd, place->fd, "a"));
	g_assert_cmpint(sys_renameat(place->fd, "a", place->fd, "b", 0), ==, 0);
	g_assert_false(same_file_at(fd, place->fd, "a"));
	put_text(place, "a", "");
	g_assert_false(same_file_at(fd, place->fd, "a"));
}

static void test_clocks(void)
{
	gint64 last = now_usec();

	for (int i = 0; i < 10000; i++) {
		gint64 now = now_usec();

		g_assert_cmpint(now, >, last);
		last = now;
	}
	g_assert_cmpint(strlen(host_boot_id()), ==, 32);
	g_assert_cmpuint(pid_start_time(getpid()), >, 0);
	g_assert_cmpuint(pid_start_time(-5), ==, 0);
}

static void test_format(void)
{
	static const struct {
		gint64 bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 bytes" },	  { 1, "1 byte" },	  { 1023, "1023 bytes" },
		{ 1024, "1 KiB" },	  { 1536, "1.5 KiB" },	  { 327155712, "312 MiB" },
		{ 1048575, "1 MiB" },	  { -1, "unknown size" }, { 10LL << 30, "10 GiB" },
		{ G_MAXINT64, "8 EiB" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = format_size(cases[i].bytes);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

/* ---- JSON ---- */

static void test_json_parse(void)
{
	static const char *const good[] = { "{}", "[1]", " {\"a\":1}\n", "12", "\"x\"", "true" };
	static const char *const bad[] = {
		"",	   "{",	      "{}{}",	   "{} x",     "['a']", "{\"a\":1,}",
		"nan",	   "\"\xff\"", "{\"a\":}",  "[1,]",     "// x\n{}", "null",
	};
	g_autofree char *deep = g_strnfill(100000, '[');

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GError) err = NULL;
		g_autoptr(json_object) value = json_parse(good[i], strlen(good[i]), &err);

		g_assert_no_error(err);
		g_assert_nonnull(value);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) err = NULL;

		g_assert_null(json_parse(bad[i], strlen(bad[i]), &err));
		g_assert_nonnull(err);
	}
	g_assert_null(json_parse(deep, 100000, NULL));
	g_assert_null(json_parse("{}\0", 3, NULL));
}

static void test_json_get(void)
{
	const char *text = "{\"s\":\"x\",\"i\":-3,\"b\":true,\"z\":\"a\\u0000b\","
			   "\"big\":18446744073709551615,\"huge\":99999999999999999999999,"
			   "\"f\":1.5,\"o\":{},\"a\":[]}";
	g_autoptr(json_object) obj = json_parse(text, strlen(text), NULL);
	const char *s = "untouched";
	json_object *value = NULL;
	gint64 i = 42;
	bool b = false;

	g_assert_false(json_get_string(obj, "i", &s));
	g_assert_false(json_get_string(obj, "z", &s));
	g_assert_false(json_get_string(obj, "none", &s));
	g_assert_cmpstr(s, ==, "untouched");
	g_assert_true(json_get_string(obj, "s", &s));
	g_assert_cmpstr(s, ==, "x");
	g_assert_false(json_get_int(obj, "s", &i));
	g_assert_false(json_get_int(obj, "f", &i));
	g_assert_false(json_get_int(obj, "big", &i));
	g_assert_false(json_get_int(obj, "huge", &i));
	g_assert_cmpint(i, ==, 42);
	g_assert_true(json_get_int(obj, "i", &i));
	g_assert_cmpint(i, ==, -3);
	g_assert_true(json_get_bool(obj, "b", &b) && b);
	g_assert_true(json_get_object(obj, "o", &value));
	g_assert_false(json_get_object(obj, "a", &value));
	g_assert_true(json_get_array(obj, "a", &value));
	g_assert_false(json_get_bool(value, "b", &b));
}

static void test_json_file(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) err = NULL;
	g_autoptr(json_object) obj = NULL;
	g_autofree char *big = g_strnfill(JSON_FILE_MAX + 1, ' ');

	g_assert_null(json_read_file(place->fd, "a", &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	put_text(place, "a", "{\"v\":1,\"x\":2}");
	obj = json_read_file(place->fd, "a", &err);
	g_assert_no_error(err);
	put_text(place, "b", "{\"v\":2}");
	g_assert_null(json_read_file(place->fd, "b", &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_UNSUPPORTED));
	g_clear_error(&err);
	put_text(place, "c", "[1]");
	g_assert_null(json_read_file(place->fd, "c", NULL));
	put_text(place, "d", big);
	g_assert_null(json_read_file(place->fd, "d", &err));
	g_assert_true(error_is_os(err, EFBIG));
}

/* ---- Changing the disk ---- */

static void test_modes(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };

	for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
		mode_t old = umask(masks[i]);

		g_assert_cmpint(sys_mkdirat(place->fd, "dir"), ==, 0);
		close(sys_create(place->fd, "file"));
		close(sys_open_append(place->fd, "log"));
		close(sys_open_lockfile(place->fd, "lock"));
		close(sys_bind_unix(place->fd, "socket"));
		umask(old);
		assert_mode(place, "dir", 0700);
		assert_mode(place, "file", 0600);
		assert_mode(place, "log", 0600);
		assert_mode(place, "lock", 0600);
		assert_mode(place, "socket", 0600);
		g_assert_cmpint(sys_rmdirat(place->fd, "dir"), ==, 0);
		g_assert_cmpint(sys_unlinkat(place->fd, "file"), ==, 0);
		g_assert_cmpint(sys_unlinkat(place->fd, "log"), ==, 0);
		g_assert_cmpint(sys_unlinkat(place->fd, "lock"), ==, 0);
		g_assert_cmpint(sys_unlinkat(place->fd, "socket"), ==, 0);
	}
}

static void test_no_symlinks(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	put_text(place, "victim", "old");
	g_assert_cmpint(sys_symlinkat("victim", place->fd, "link"), ==, 0);
	g_assert_cmpint(sys_create(place->fd, "link"), ==, -1);
	g_assert_cmpint(sys_open_append(place->fd, "link"), ==, -1);
	g_assert_cmpint(errno, ==, ELOOP);
	g_assert_cmpint(sys_open_lockfile(place->fd, "link"), ==, -1);
	g_assert_cmpint(sys_bind_unix(place->fd, "link"), ==, -1);
	g_assert_false(sys_put_file(place->fd, "link", "new", 3, NULL));
	g_assert_true(sys_replace_file(place->fd, "link", "new", 3, NULL));
	assert_text(place, "victim", "old");
	assert_text(place, "link", "new");
	g_assert_cmpint(mkfifoat(place->fd, "fifo", 0600), ==, 0);
	g_assert_cmpint(sys_open_append(place->fd, "fifo"), ==, -1);
	g_assert_cmpint(sys_open_lockfile(place->fd, "fifo"), ==, -1);
}

static void test_append_and_lock(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	auto_close int log = sys_open_append(place->fd, "log");
	auto_close int again = -1, lock = -1;

	g_assert_cmpint(sys_write(log, "a", 1), ==, 0);
	again = sys_open_append(place->fd, "log");
	g_assert_cmpint(sys_write(again, "b", 1), ==, 0);
	g_assert_cmpint(sys_write(log, "c", 1), ==, 0);
	assert_text(place, "log", "abc");
	lock = sys_open_lockfile(place->fd, "log"); /* never truncates */
	g_assert_cmpint(sys_pwrite(lock, "X", 1, 1), ==, 0);
	assert_text(place, "log", "aXc");
}

static void test_replace(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) err = NULL;

	put_text(place, "a", "1");
	put_text(place, "a.new~", "left by somebody who died");
	sys_replace_file(place->fd, "a", "2", 1, &err);
	g_assert_no_error(err);
	assert_text(place, "a", "2");
	g_assert_cmpint(exists_at(place->fd, "a.new~"), ==, 0);
	sys_replace_file_volatile(place->fd, "b", "3", 1, &err);
	g_assert_no_error(err);
	assert_text(place, "b", "3");
	g_assert_false(sys_put_file(place->fd, "a", "4", 1, &err));
	g_assert_true(error_is_os(err, EEXIST));
	assert_text(place, "a", "2");
}

static void test_rename_flags(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	put_text(place, "a", "a");
	put_text(place, "b", "b");
	g_assert_cmpint(sys_renameat(place->fd, "a", place->fd, "b", RENAME_NOREPLACE), ==, -1);
	g_assert_cmpint(errno, ==, EEXIST);
	g_assert_cmpint(sys_renameat(place->fd, "a", place->fd, "b", RENAME_EXCHANGE), ==, 0);
	assert_text(place, "a", "b");
	g_assert_cmpint(sys_linkat(place->fd, "a", place->fd, "c"), ==, 0);
	assert_text(place, "c", "b");
}

static void test_bind(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *long_name = g_strnfill(150, 'x');
	auto_close int fd = sys_bind_unix(place->fd, "s");

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(listen(fd, 1), ==, 0);
	g_assert_cmpint(sys_bind_unix(place->fd, "s"), ==, -1);
	g_assert_cmpint(errno, ==, EADDRINUSE);
	g_assert_cmpint(sys_bind_unix(place->fd, long_name), ==, -1);
	g_assert_cmpint(errno, ==, ENAMETOOLONG);
}

static void test_remove_tree(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) err = NULL;
	auto_close int outside = -1, d = -1;

	g_assert_cmpint(sys_mkdirat(place->fd, "outside"), ==, 0);
	g_assert_cmpint(sys_mkdirat(place->fd, "d"), ==, 0);
	outside = open_dir_at(place->fd, "outside");
	d = open_dir_at(place->fd, "d");
	g_assert_cmpint(sys_symlinkat("x", outside, "keep"), ==, 0);
	g_assert_cmpint(sys_symlinkat("../outside", d, "link"), ==, 0);
	g_assert_cmpint(sys_mkdirat(d, "e"), ==, 0);
	for (int i = 0; i < 500; i++) {
		g_autofree char *name = g_strdup_printf("e/%d", i);

		g_assert_true(sys_put_file(d, name, "", 0, NULL));
	}
	sys_remove_tree(place->fd, "d", &err);
	g_assert_no_error(err);
	g_assert_cmpint(exists_at(place->fd, "d"), ==, 0);
	g_assert_cmpint(exists_at(place->fd, "outside/keep"), ==, 1);
	g_assert_true(sys_remove_tree(place->fd, "d", NULL));
	g_assert_cmpint(sys_symlinkat("outside", place->fd, "top"), ==, 0);
	g_assert_true(sys_remove_tree(place->fd, "top", NULL));
	g_assert_cmpint(exists_at(place->fd, "outside/keep"), ==, 1);
}

static void test_remove_deep(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *path = g_strdup("d");
	g_autoptr(GError) err = NULL;

	for (int i = 0; i < 70; i++) {
		char *deeper = g_strconcat(path, "/d", NULL);

		g_assert_cmpint(sys_mkdirat(place->fd, path), ==, 0);
		g_free(path);
		path = deeper;
	}
	g_assert_false(sys_remove_tree(place->fd, "d", &err));
	g_assert_true(error_is_os(err, ELOOP));
	g_assert_cmpint(sys_renameat(place->fd, "d/d/d/d/d/d/d/d/d/d", place->fd, "half", 0), ==, 0);
}

/* ---- Faults ---- */

/* Some changes in a row; how many points that is does not matter to the tests. */
static bool work(const struct place *place, GError **err)
{
	if (sys_mkdirat(place->fd, "w") < 0)
		return fail_os(err, errno, "mkdir");
	if (!sys_put_file(place->fd, "w/a", "1", 1, err) ||
	    !sys_replace_file(place->fd, "w/a", "22", 2, err))
		return false;
	if (sys_point("middle") < 0)
		return fail_os(err, errno, "point");
	return sys_remove_tree(place->fd, "w", err);
}

static void test_fault_error(struct place *place, gconstpointer kind)
{
	int wanted = g_str_has_prefix(kind, "eio") ? EIO : ENOSPC, n;

	for (n = 1;; n++) {
		g_autofree char *fault = g_strdup_printf("%s%d", (const char *)kind, n);
		g_autoptr(GError) err = NULL;
		bool ok;

		sys_fault_set(fault);
		ok = work(place, &err);
		if (!sys_fault_fired())
			break;
		g_assert_true(error_is_os(err, wanted));
		g_assert_false(ok);
		sys_fault_set(NULL);
		g_assert_true(sys_remove_tree(place->fd, "w", NULL));
	}
	g_assert_cmpint(n, >, 20);
}

static int run_child(const struct place *place, const char *fault)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		sys_fault_set(fault);
		_exit(work(place, NULL) ? 0 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return status;
}

/* The file is old or new at every point, never half. */
static void test_fault_crash(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	int killed = 0, old = 0, new = 0;

	for (int n = 1;; n++) {
		g_autofree char *fault = g_strdup_printf("crash:%d", n);
		g_autofree char *text = NULL;
		int status = run_child(place, fault);

		if (WIFEXITED(status)) {
			g_assert_cmpint(WEXITSTATUS(status), ==, 0);
			break;
		}
		g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
		killed++;
		if (read_file_at(place->fd, "w/a", 10, &text, NULL, NULL)) {
			old += strcmp(text, "1") == 0;
			new += strcmp(text, "22") == 0;
			g_assert_true(!*text || strcmp(text, "1") == 0 || strcmp(text, "22") == 0);
		}
		g_assert_true(sys_remove_tree(place->fd, "w", NULL));
	}
	g_assert_cmpint(killed, >, 20);
	g_assert_cmpint(old, >, 0);
	g_assert_cmpint(new, >, 0);
}

static void test_fault_before_after(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	sys_fault_set("eio:1");
	g_assert_cmpint(sys_mkdirat(place->fd, "d"), ==, -1);
	g_assert_cmpint(exists_at(place->fd, "d"), ==, 0);
	sys_fault_set("eio:2");
	g_assert_cmpint(sys_mkdirat(place->fd, "d"), ==, -1);
	g_assert_cmpint(errno, ==, EIO);
	g_assert_cmpint(exists_at(place->fd, "d"), ==, 1);
	sys_fault_set("enospc+:1");
	g_assert_cmpint(sys_mkdirat(place->fd, "e"), ==, -1);
	g_assert_cmpint(sys_mkdirat(place->fd, "e"), ==, -1);
	g_assert_cmpint(errno, ==, ENOSPC);
}

static void test_fault_named(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	pid_t pid;
	int status = run_child(place, "crash@middle");

	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	g_assert_true(sys_remove_tree(place->fd, "w", NULL));
	g_assert_cmpint(run_child(place, "crash@other"), ==, 0);
	g_assert_cmpint(run_child(place, "crash@w"), ==, 0); /* a file's name is not a point's */
	pid = fork();
	if (pid == 0) {
		sys_fault_set("stop@middle");
		_exit(work(place, NULL) ? 0 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, WUNTRACED), ==, pid);
	g_assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	kill(pid, SIGCONT);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

static void test_fault_guard(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	int status;
	pid_t pid;

	g_assert_cmpint(run_child(place, "guard:crash:1"), ==, 0);
	pid = fork();
	if (pid == 0) {
		sys_fault_is_guard();
		sys_fault_set("crash:1");
		if (sys_point(NULL) < 0)
			_exit(1);
		sys_fault_set("guard:eio:1");
		_exit(sys_point(NULL) < 0 && errno == EIO ? 7 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

static void test_fault_nonsense(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const faults[] = { "crash", "crash:0", "crash:x", "eio:-1", "crash@",
					      "boom:1", "crash:1x", "guard:", "eio: 1" };

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		sys_fault_set(faults[i]);
		g_assert_true(work(place, NULL));
		g_assert_false(sys_fault_fired());
	}
}

/* Nothing is left behind by a file that could not be written. */
static void test_put_leaves_nothing(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
	put_text(place, "old", "old");
	for (int n = 1;; n++) {
		g_autofree char *fault = g_strdup_printf("enospc:%d", n);

		sys_fault_set(fault);
		if (sys_put_file(place->fd, "f", "x", 1, NULL))
			break;
		sys_fault_set(NULL);
		g_assert_cmpint(exists_at(place->fd, "f"), ==, 0);
		sys_fault_set(fault);
		g_assert_false(sys_put_file(place->fd, "old", "x", 1, NULL));
		assert_text(place, "old", "old");
	}
}

#define ADD(name, function, data) \
	g_test_add("/base/" name, struct place, data, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/error/reasons", test_error_reasons);
	g_test_add_func("/base/error/os", test_error_os);
	g_test_add_func("/base/escape", test_escape);
	g_test_add_func("/base/names/good", test_names_good);
	g_test_add_func("/base/names/bad", test_names_bad);
	g_test_add_func("/base/clocks", test_clocks);
	g_test_add_func("/base/format-size", test_format);
	g_test_add_func("/base/json/parse", test_json_parse);
	g_test_add_func("/base/json/get", test_json_get);
	ADD("json/file", test_json_file, NULL);
	ADD("read/file", test_read_file, NULL);
	ADD("read/sparse", test_read_sparse, NULL);
	ADD("read/exists", test_exists, NULL);
	ADD("sys/modes", test_modes, NULL);
	ADD("sys/no-symlinks", test_no_symlinks, NULL);
	ADD("sys/append-and-lock", test_append_and_lock, NULL);
	ADD("sys/replace", test_replace, NULL);
	ADD("sys/rename-flags", test_rename_flags, NULL);
	ADD("sys/bind", test_bind, NULL);
	ADD("sys/remove-tree", test_remove_tree, NULL);
	ADD("sys/remove-deep", test_remove_deep, NULL);
	ADD("fault/eio", test_fault_error, "eio:");
	ADD("fault/enospc", test_fault_error, "enospc:");
	ADD("fault/enospc-sticky", test_fault_error, "enospc+:");
	ADD("fault/crash", test_fault_crash, NULL);
	ADD("fault/before-after", test_fault_before_after, NULL);
	ADD("fault/named", test_fault_named, NULL);
	ADD("fault/guard", test_fault_guard, NULL);
	ADD("fault/nonsense", test_fault_nonsense, NULL);
	ADD("sys/put-leaves-nothing", test_put_leaves_nothing, NULL);
	return g_test_run();
}
