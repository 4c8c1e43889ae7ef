/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shell's language: words, statements, options, numbers, suggestions. The parser is built in
 * here with a table of its own that has every kind of option; the real rows are walked by
 * tests/help.bats.
 */
#include <glib.h>
#include <limits.h>
#include <string.h>

#include "../../tools/language/grammar.c"
#include "../../tools/mem.c"
#include "../../tools/language/numbers.c"
#include "../../tools/language/options.c"
#include "../../tools/language/suggest.c"

/* ---- A table ------------------------------------------------------------------------------ */

struct sample_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	struct file_target file;
	unsigned flags;
	const char *text, *mode;
	long long number, age;
	unsigned long long size;
	struct word_list rest;
};

static const char *const modes[] = { "acpi", "agent", NULL };

static const struct option sample_options[] = {
	DOMAIN_AT(sample_args),
	{ .name = "one", BIT_AT(sample_args, flags, 1), .excludes = 1, .summary = "-" },
	{ .name = "two", BIT_AT(sample_args, flags, 2), .excludes = 1 | 2, .summary = "-" },
	{ .name = "three", BIT_AT(sample_args, flags, 4), .excludes = 2, .summary = "-" },
	{ .name = "needs-one", BIT_AT(sample_args, flags, 8), .needs = "one", .summary = "-" },
	{ .name = "needs-any", BIT_AT(sample_args, flags, 16), .needs = "one|text",
	  .summary = "-" },
	{ .name = "missing", BIT_AT(sample_args, flags, 32), .unsupported = "not built",
	  .summary = "-" },
	{ .name = "text", .alias = "old-text", VALUE_AT(OPTION_STRING, sample_args, text),
	  .summary = "-" },
	{ .name = "note", VALUE_AT(OPTION_STRING, sample_args, text),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK, .summary = "-" },
	{ .name = "mode", VALUE_AT(OPTION_WORD, sample_args, mode), .words = modes,
	  .summary = "-" },
	{ .name = "number", VALUE_AT(OPTION_NUMBER, sample_args, number), .min = -5, .max = 10,
	  .summary = "-" },
	{ .name = "size", VALUE_AT(OPTION_SCALED, sample_args, size), .min = 1024,
	  .summary = "-" },
	{ .name = "age", VALUE_AT(OPTION_DURATION, sample_args, age), .summary = "-" },
	{ .name = "snapshot", VALUE_AT(OPTION_SNAPSHOT, sample_args, snapshot), .summary = "-" },
	{ .name = "file", VALUE_AT(OPTION_FILE, sample_args, file), .summary = "-" },
	{ .name = "rest", VALUE_AT(OPTION_REST, sample_args, rest), .props = OPTION_POSITIONAL,
	  .summary = "-" },
	{ .name = NULL },
};

static const struct option strict_options[] = {
	{ .name = "to", VALUE_AT(OPTION_STRING, sample_args, text), .props = OPTION_REQUIRED,
	  .summary = "-" },
	{ .name = NULL },
};

static const struct command sample = {
	.name = "sample", .options = sample_options, .args_size = sizeof(struct sample_args),
};
static const struct command strict = {
	.name = "strict", .options = strict_options, .args_size = sizeof(struct sample_args),
};
static const struct command bare = { .name = "bare" };
static const struct command *const commands[] = { &sample, &strict, &bare, NULL };

const struct group groups[] = { { "All", "all", commands }, { NULL, NULL, NULL } };

const struct command *table_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* ---- Words and statements ----------------------------------------------------------------- */

/* "[a][b] | [c]" */
static char *shape(const struct script *s)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < s->nstatements; i++) {
		if (i > 0)
			g_string_append(text, " | ");
		for (size_t k = 0; k < s->statements[i].count; k++)
			g_string_append_printf(text, "[%s]",
					       s->words[s->statements[i].first + k].text);
	}
	return g_string_free(text, FALSE);
}

static void test_words(void)
{
	static const struct {
		const char *source, *shape;
	} cases[] = {
		{ "", "" },
		{ " \t\n ;; \n;", "" },
		{ "a", "[a]" },
		{ "  a\tb  c ", "[a][b][c]" },
		{ "a;b\nc", "[a] | [b] | [c]" },
		{ "a b ; ; c", "[a][b] | [c]" },
		{ "a'b c'd", "[ab cd]" },
		{ "'a;b\nc'", "[a;b\nc]" },
		{ "'a\\b'", "[a\\b]" },
		{ "\"a b\"", "[a b]" },
		{ "\"a\\\"b\\\\c\\d\"", "[a\"b\\cd]" },
		{ "\"it's\" 'say \"x\"'", "[it's][say \"x\"]" },
		{ "a\\ b", "[a b]" },
		{ "\\;\\#\\'", "[;#']" },
		{ "a\\\nb", "[ab]" },
		{ "a \\\n b", "[a][b]" },
		{ "\"a\\\nb\"", "[ab]" },
		{ "'a\\\nb'", "[a\\\nb]" },
		{ "'' \"\"", "[][]" },
		{ "a''b", "[ab]" },
		{ "# all of it; gone 'even", "" },
		{ "a # b ; c\nd", "[a] | [d]" },
		{ "a#b", "[a#b]" },
		{ "a;#b\nc", "[a] | [c]" },
		{ "'#'a \"#\"", "[#a][#]" },
		{ "\xc3\xa4 \xff", "[\xc3\xa4][\xff]" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct script s;
		struct trouble t;

		g_assert_true(grammar_parse_string(cases[i].source, strlen(cases[i].source), &s,
						   &t));
		g_autofree char *seen = shape(&s);
		g_assert_cmpstr(seen, ==, cases[i].shape);
		script_free(&s);
	}
}

static void test_word_errors(void)
{
	static const struct {
		const char *source, *message;
		size_t length, line, column;
	} cases[] = {
		{ "echo \"a", "missing \"", 0, 1, 6 },
		{ "echo 'a", "missing '", 0, 1, 6 },
		{ "uri\n echo x'a;b", "missing '", 0, 2, 8 },
		{ "echo a\\", "dangling \\", 0, 1, 7 },
		{ "\\", "dangling \\", 0, 1, 1 },
		{ "\"a\\", "dangling \\", 0, 1, 3 },
		{ "\xc3\xa4\xc3\xb6 'x", "missing '", 0, 1, 4 },
		{ "a\0b", "NUL", 3, 1, 2 },
		{ "list; echo '", "missing '", 0, 1, 12 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t length = cases[i].length ? cases[i].length : strlen(cases[i].source);
		size_t line, column;
		struct script s = { .nwords = 99 };
		struct trouble t;

		g_assert_false(grammar_parse_string(cases[i].source, length, &s, &t));
		g_assert_cmpuint(s.nwords, ==, 99);
		g_assert_nonnull(strstr(t.text, cases[i].message));
		grammar_locate(cases[i].source, t.offset, &line, &column);
		g_assert_cmpuint(line, ==, cases[i].line);
		g_assert_cmpuint(column, ==, cases[i].column);
		free(t.text);
	}
}

/* A line of a megabyte, as one word and as half a million, takes linear time and is whole. */
static void test_long_line(void)
{
	size_t length = 1 << 20;
	g_autofree char *source = g_malloc(length + 1);
	struct script s;
	struct trouble t;

	memset(source, 'x', length);
	source[length] = '\0';
	g_assert_true(grammar_parse_string(source, length, &s, &t));
	g_assert_cmpuint(s.nwords, ==, 1);
	g_assert_cmpuint(strlen(s.words[0].text), ==, length);
	script_free(&s);
	for (size_t i = 1; i < length; i += 2)
		source[i] = i % 64 == 1 ? ';' : ' ';
	g_assert_true(grammar_parse_string(source, length, &s, &t));
	g_assert_cmpuint(s.nwords, ==, length / 2);
	g_assert_cmpuint(s.nstatements, ==, length / 64 + 1);
	script_free(&s);
}

static void test_argv(void)
{
	char *words[] = { (char *)"echo", (char *)"a b", (char *)"#x", (char *)"'q", (char *)"" };
	char *comment[] = { (char *)"#", (char *)"uri" };
	struct script s;

	grammar_parse_argv(words, 5, &s);
	g_autofree char *seen = shape(&s);
	g_assert_cmpstr(seen, ==, "[echo][a b][#x]['q][]");
	script_free(&s);
	grammar_parse_argv(comment, 2, &s);
	g_assert_cmpuint(s.nstatements, ==, 0);
	script_free(&s);
}

/* Whatever bytes come, the parser ends, and words are never longer than the source. */
static void test_noise(void)
{
	static const char letters[] = "ab '\"\\;\n#-=\t\xc3\xa4";
	char source[64];

	for (int round = 0; round < 200000; round++) {
		size_t length = (size_t)g_test_rand_int_range(0, sizeof(source)), total = 0;
		struct script s;
		struct trouble t;

		for (size_t i = 0; i < length; i++)
			source[i] = letters[g_test_rand_int_range(0, sizeof(letters) - 1)];
		if (!grammar_parse_string(source, length, &s, &t)) {
			g_assert_cmpuint(t.offset, <, length);
			free(t.text);
			continue;
		}
		for (size_t i = 0; i < s.nwords; i++)
			total += strlen(s.words[i].text);
		g_assert_cmpuint(total, <=, length);
		script_free(&s);
	}
}

/* ---- Options ------------------------------------------------------------------------------ */

struct outcome_of {
	struct script script;
	struct bound bound;
	struct trouble trouble;
	bool ok;
	const struct sample_args *args;
};

static struct outcome_of bind(const char *source)
{
	struct outcome_of r = { .ok = false };

	g_assert_true(grammar_parse_string(source, strlen(source), &r.script, &r.trouble));
	g_assert_cmpuint(r.script.nstatements, ==, 1);
	r.ok = options_bind(r.script.words, r.script.nwords, &r.bound, &r.trouble);
	r.args = r.bound.args;
	return r;
}

static void done(struct outcome_of *r)
{
	if (r->ok)
		bound_free(&r->bound);
	else
		free(r->trouble.text);
	script_free(&r->script);
}

static void test_option_values(void)
{
	struct outcome_of r = bind("sample vm --one --text=a=b --mode agent --number -5 --size 2MiB "
				   "--age 2h --snapshot s --file f note r1 --rest r2 r3");

	g_assert_true(r.ok);
	g_assert_cmpstr(r.args->domain.word, ==, "vm");
	g_assert_cmpuint(r.args->flags, ==, 1);
	g_assert_cmpstr(r.args->mode, ==, "agent");
	g_assert_cmpint(r.args->number, ==, -5);
	g_assert_cmpuint(r.args->size, ==, 2 << 20);
	g_assert_cmpint(r.args->age, ==, 7200);
	g_assert_cmpstr(r.args->snapshot.word, ==, "s");
	g_assert_cmpstr(r.args->file.path, ==, "f");
	g_assert_cmpuint(r.args->rest.count, ==, 3);
	g_assert_cmpstr(r.args->rest.items[0], ==, "r1");
	g_assert_cmpstr(r.args->rest.items[2], ==, "r3");
	g_autofree char *names = bound_names(&r.bound);
	g_assert_cmpstr(names, ==, "sample --one --text --mode --number --size --age --snapshot "
				   "--file");
	done(&r);
}

/* Where a word ends up. */
static void test_data(void)
{
	static const struct {
		const char *source, *domain, *text;
	} cases[] = {
		{ "sample -5 -x", "-5", "-x" },
		{ "sample -- --one", "--one", NULL },
		{ "sample vm -- --", "vm", "--" },
		{ "sample --domain vm n", "vm", "n" },
		{ "sample n --domain=vm", NULL, NULL }, /* n is the domain: given twice */
		{ "sample --domain --one", "--one", NULL },
		{ "sample ---x", "---x", NULL },
		{ "sample '--' vm", "vm", NULL },
		{ "sample vm ''", "vm", "" },
		{ "sample vm --old-text t", "vm", "t" },
		{ "sample vm --text=", NULL, NULL },
		{ "sample vm --note=", "vm", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct outcome_of r = bind(cases[i].source);

		g_assert_cmpint(r.ok, ==, cases[i].domain != NULL);
		if (r.ok) {
			g_assert_cmpstr(r.args->domain.word, ==, cases[i].domain);
			g_assert_cmpstr(r.args->text, ==, cases[i].text);
		}
		done(&r);
	}
}

static void test_option_errors(void)
{
	static const struct {
		const char *source, *message;
		size_t offset;
	} cases[] = {
		{ "nope", "unknown command: 'nope'", 0 },
		{ "smaple x", "unknown command: 'smaple'; did you mean 'sample'?", 0 },
		{ "sample", "command 'sample' requires <domain> option", 0 },
		{ "strict", "command 'strict' requires --to option", 0 },
		{ "sample vm --oen",
		  "command 'sample' doesn't support option --oen; did you mean '--one'?", 10 },
		{ "sample vm --zzzzz=1", "command 'sample' doesn't support option --zzzzz", 10 },
		{ "sample vm --on", "doesn't support option --on;", 10 },
		{ "sample vm --one=1", "invalid '=' after option --one", 10 },
		{ "sample vm --one --one", "option --one already seen", 16 },
		{ "sample vm --domain b", "option --domain already seen", 10 },
		{ "sample vm --text a --old-text b", "option --text already seen", 19 },
		{ "sample vm --text", "expected syntax: --text <string>", 10 },
		{ "sample vm --number", "expected syntax: --number <number>", 10 },
		{ "sample ''", "Failed to get option 'domain': Option argument is empty", 7 },
		{ "sample vm --text ''", "Failed to get option 'text'", 17 },
		{ "sample vm --mode sit", "'sit' is not one of 'acpi', 'agent'", 17 },
		{ "sample vm --number 11", "'11' is not a number from -5 to 10", 19 },
		{ "sample vm --number 1x", "'1x' is not a number", 19 },
		{ "sample vm --size 1X", "'1X' is not a size", 17 },
		{ "sample vm --age 1y", "'1y' is not a time", 16 },
		{ "sample vm --one --two", "Options --one and --two are mutually exclusive", 0 },
		{ "sample vm --three --two", "Options --two and --three are mutually exclusive", 0 },
		{ "sample vm --needs-one", "Option --one is required by option --needs-one", 0 },
		{ "sample vm --needs-any", "--needs-any requires either --one or --text", 0 },
		{ "sample vm --missing", "option --missing of command 'sample' is not supported yet: "
					 "not built", 0 },
		{ "strict x", "unexpected data 'x'", 7 },
		{ "bare x", "unexpected data 'x'", 5 },
		{ "bare --x", "command 'bare' doesn't support option --x", 5 },
		{ "bare --help=1", "command 'bare' doesn't support option --help", 5 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct outcome_of r = bind(cases[i].source);

		g_assert_false(r.ok);
		if (!strstr(r.trouble.text, cases[i].message))
			g_error("%s: %s", cases[i].source, r.trouble.text);
		g_assert_cmpuint(r.trouble.offset, ==, cases[i].offset);
		done(&r);
	}
}

static void test_options_together(void)
{
	static const char *const fine[] = {
		"sample vm --one --three", "sample vm --one --needs-one",
		"sample vm --needs-any --text x", "sample vm --needs-any --old-text x",
		"strict --to x", "bare",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(fine); i++) {
		struct outcome_of r = bind(fine[i]);

		g_assert_true(r.ok);
		done(&r);
	}
}

/* --help anywhere needs nothing else; what is unknown is an error all the same. */
static void test_help(void)
{
	static const struct {
		const char *source;
		bool ok;
	} cases[] = {
		{ "sample --help", true },
		{ "sample vm --missing --help", true },
		{ "strict --help", true },
		{ "bare --help", true },
		{ "sample --help --nope", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct outcome_of r = bind(cases[i].source);

		g_assert_cmpint(r.ok, ==, cases[i].ok);
		g_assert_true(!r.ok || r.bound.help);
		done(&r);
	}
}

/* ---- Numbers ------------------------------------------------------------------------------ */

static void test_numbers(void)
{
	static const char *const bad[] = {
		"", " 1", "+1", "1 ", "0x1", "1.5", "--1", "-", "9223372036854775808",
		"99999999999999999999",
	};
	long long n = 7;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(number_parse(bad[i], LLONG_MIN, LLONG_MAX, &n));
	g_assert_cmpint(n, ==, 7);
	g_assert_true(number_parse("9223372036854775807", LLONG_MIN, LLONG_MAX, &n));
	g_assert_cmpint(n, ==, LLONG_MAX);
	g_assert_true(number_parse("-9223372036854775808", LLONG_MIN, LLONG_MAX, &n));
	g_assert_cmpint(n, ==, LLONG_MIN);
	g_assert_false(number_parse("-1", 0, 10, &n));
	g_assert_false(number_parse("11", 0, 10, &n));
}

static void test_scaled(void)
{
	static const struct {
		const char *text;
		unsigned long long bytes;
	} good[] = {
		{ "0", 0 }, { "3", 3 * 1024 }, { "3b", 3 }, { "3byte", 3 }, { "3BYTES", 3 },
		{ "3k", 3 * 1024 }, { "3KB", 3000 }, { "3kib", 3 * 1024 }, { "1M", 1 << 20 },
		{ "1mb", 1000000 }, { "1GiB", 1ull << 30 }, { "1t", 1ull << 40 },
		{ "1PB", 1000000000000000ull }, { "15E", 15ull << 60 },
		{ "18446744073709551615b", ULLONG_MAX }, { "18EB", 18000000000000000000ull },
	};
	static const char *const bad[] = {
		"", "-1", "1.5M", "1 M", "1Z", "1Mi", "1MBs", "16E", "16EiB", "19EB",
		"18446744073709551616b", "18446744073709551615", "M", "+1", "1kk", "1bb",
	};
	unsigned long long n = 7;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		if (number_parse_scaled(bad[i], 1024, &n))
			g_error("'%s' was taken for %llu", bad[i], n);
	g_assert_cmpuint(n, ==, 7);
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_true(number_parse_scaled(good[i].text, 1024, &n));
		g_assert_cmpuint(n, ==, good[i].bytes);
	}
}

static void test_durations(void)
{
	static const char *const bad[] = { "", "-1d", "1y", "d", "1dd", "1.5h",
					   "9223372036854775807d", "18446744073709551615" };
	long long n = 7;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(number_parse_duration(bad[i], &n));
	g_assert_cmpint(n, ==, 7);
	g_assert_true(number_parse_duration("30", &n) && n == 30 * 86400);
	g_assert_true(number_parse_duration("2w", &n) && n == 14 * 86400);
	g_assert_true(number_parse_duration("90m", &n) && n == 5400);
	g_assert_true(number_parse_duration("0s", &n) && n == 0);
}

static void test_suggestions(void)
{
	static const char *const names[] = { "list", "undefine", "define", "snapshot-list",
					     "domid", "domname" };
	static const struct {
		const char *wanted, *text;
	} cases[] = {
		{ "lsit", "; did you mean 'list'?" },
		{ "undefin", "; did you mean 'undefine'?" },
		{ "snapshot", "; did you mean 'snapshot-list'?" },
		{ "qqqqqq", "" },
		{ "", "" },
		{ "x", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct suggestions s = { .wanted = cases[i].wanted };

		for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
			suggest_consider(&s, names[k]);
		g_autofree char *text = suggest_text(&s, "");
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/grammar/words", test_words);
	g_test_add_func("/grammar/word-errors", test_word_errors);
	g_test_add_func("/grammar/long-line", test_long_line);
	g_test_add_func("/grammar/argv", test_argv);
	g_test_add_func("/grammar/noise", test_noise);
	g_test_add_func("/options/values", test_option_values);
	g_test_add_func("/options/data", test_data);
	g_test_add_func("/options/errors", test_option_errors);
	g_test_add_func("/options/together", test_options_together);
	g_test_add_func("/options/help", test_help);
	g_test_add_func("/numbers/plain", test_numbers);
	g_test_add_func("/numbers/scaled", test_scaled);
	g_test_add_func("/numbers/durations", test_durations);
	g_test_add_func("/suggest", test_suggestions);
	return g_test_run();
}
