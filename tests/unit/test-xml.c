/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lossless tree: bytes survive, bounds hold, bad input is an error in good time. */
#include <dlfcn.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/error.h"
#include "base/util.h"
#include "patience.h"
#include "xml/tree.h"

#ifdef __SANITIZE_ADDRESS__
#define PATIENCE_MS 5000
#else
#define PATIENCE_MS 1000
#endif

static struct xml_tree *parse(const char *text)
{
	g_autoptr(GError) err = NULL;
	struct xml_tree *tree = xml_parse(text, strlen(text), "test", &err);

	g_assert_no_error(err);
	return tree;
}

static void assert_format(const struct xml_tree *tree, const char *wanted)
{
	g_autofree char *text = xml_format(tree);

	g_assert_cmpstr(text, ==, wanted);
}

/* The text is refused with an XML error that has this in it, quickly. */
static void assert_refused(const char *text, size_t size, const char *part)
{
	g_autoptr(GError) err = NULL;
	gint64 start = cpu_ms();

	g_assert_null(xml_parse(text, size, "test", &err));
	g_assert_true(error_is(err, VIR_ERR_XML_ERROR));
	g_assert_cmpint(cpu_ms() - start, <, PATIENCE_MS);
	g_assert_cmpuint(strlen(err->message), <, 400);
	g_assert_null(strchr(err->message, '\n'));
	if (!strstr(err->message, part))
		g_error("'%s' does not contain '%s'", err->message, part);
}

/* ---- Bytes ---- */

static const char *const samples[] = {
	"<a/>\n",
	"<a></a>\n",
	("<?xml version='1.0' encoding='utf-8'?>\n<!-- before -->\n"
	 "<a  x = 'y'\n\tz=\"&quot;w\" />\n<!-- after -->\n"),
	"\xef\xbb\xbf<a/>\n",
	"<a>\r\n  <b/>\r\n</a>\r\n",
	"<a xmlns:q='http://q'><q:b q:c='1'><d/></q:b></a>\n",
	"<a xmlns='http://q'><b/></a>\n",
	"<a><![CDATA[<b>&amp;]]]]><!-- c --><?pi d?>&#65;&#x42;&lt;</a>\n",
	"<a >x<b\n/>y</a\n>\n",
	"<\xc3\xa4 \xc3\xb6='\xc3\xbc'/>\n",
	"<a b=''>&#10;</a>\n",
};

static void test_round_trip(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autoptr(xml_tree) tree = parse(samples[i]);
		g_autoptr(xml_tree) copy = xml_copy(tree);

		assert_format(tree, samples[i]);
		assert_format(copy, samples[i]);
	}
}

static void test_final_newline(void)
{
	g_autoptr(xml_tree) tree = parse("<a/>");

	assert_format(tree, "<a/>\n");
}

/* ---- Reading ---- */

static void test_read(void)
{
	g_autoptr(xml_tree) tree =
		parse("<a xmlns:q='http://q'><q:b>no</q:b><b>  <!-- x -->one<![CDATA[ & ]]>two\n"
		      "</b><b c='&lt;&#9;\t\n' e='2'>2<f/>3</b><e/></a>");
	const struct xml_node *root = xml_root(tree), *b = xml_child(root, "b");
	g_autofree char *text = xml_text(root, "b");
	g_autofree char *mixed = xml_text(xml_next(b, "b"), NULL);
	g_autofree char *c = xml_attr(xml_next(b, "b"), "c");
	g_autofree char *empty = xml_text(root, "e");
	g_autofree char *path = xml_path(xml_at(xml_next(b, NULL), "f"), "x");
	g_autofree char *root_path = xml_path(root, "x");

	g_assert_cmpstr(text, ==, "one & two");
	g_assert_cmpstr(mixed, ==, "23");
	g_assert_cmpstr(c, ==, "<\t  ");
	g_assert_cmpstr(empty, ==, "");
	g_assert_cmpstr(path, ==, "b[2]/f/@x");
	g_assert_cmpstr(root_path, ==, "@x");
	g_assert_null(xml_attr(b, "c"));
	g_assert_null(xml_text(root, "none"));
	g_assert_null(xml_text(root, "b/none"));
	g_assert_null(xml_child(root, "q:b"));
	g_assert_cmpstr(xml_name(xml_child(root, NULL)), ==, "q:b");
	g_assert_true(xml_is_foreign(xml_child(root, NULL)));
	g_assert_null(xml_parent(root));
	g_assert_true(xml_parent(b) == root);
}

static void test_default_namespace(void)
{
	g_autoptr(xml_tree) tree =
		parse("<a><b xmlns='http://q'><c/><d xmlns=''/></b><b>2</b></a>");
	g_autofree char *text = xml_text(xml_root(tree), "b");

	g_assert_cmpstr(text, ==, "2");
	g_assert_nonnull(xml_child(xml_child(xml_root(tree), NULL), "d"));
	g_assert_null(xml_child(xml_child(xml_root(tree), NULL), "c"));
}

/* ---- Changing ---- */

static const char *const pretty = "<a>\n  <b x='1'/>\n  <!-- note -->\n  <c/>\n</a>\n";

static void test_add(void)
{
	g_autoptr(xml_tree) tree = parse(pretty);
	struct xml_node *root = xml_root(tree);

	xml_set_text(xml_add(root, "last"), "<&>'\"\r");
	xml_set_attr(xml_add_first(root, "first"), "n", "a'b\"\n\t<");
	xml_add(xml_ensure(root, "c"), "d");
	xml_add_after(xml_child(root, "b"), "b2");
	assert_format(tree, "<a>\n  <first n='a&apos;b&quot;&#10;&#9;&lt;'/>\n  <b x='1'/>\n"
			    "  <b2/>\n  <!-- note -->\n  <c>\n    <d/>\n  </c>\n"
			    "  <last>&lt;&amp;&gt;'\"&#13;</last>\n</a>\n");
}

static void test_add_inline(void)
{
	g_autoptr(xml_tree) tree = parse("<a><b/></a>\n");

	xml_add(xml_root(tree), "c");
	xml_add(xml_child(xml_root(tree), "b"), "d");
	assert_format(tree, "<a><b><d/></b><c/></a>\n");
}

static void test_add_beside_comment(void)
{
	g_autoptr(xml_tree) tree = parse("<a>\n  <b>\n    <!-- c -->\n  </b>\n</a>\n");

	xml_add(xml_child(xml_root(tree), "b"), "d");
	assert_format(tree, "<a>\n  <b>\n    <!-- c -->\n    <d/>\n  </b>\n</a>\n");
}

static void test_set_attr(void)
{
	g_autoptr(xml_tree) tree = parse("<a  b=\"1\"  c='2' d = '3' />\n");
	struct xml_node *root = xml_root(tree);

	xml_set_attr(root, "c", "x\"");
	xml_set_attr(root, "b", NULL);
	xml_set_attr(root, "none", NULL);
	xml_set_attr(root, "e", "4");
	assert_format(tree, "<a  c='x&quot;' d = '3' e='4' />\n");
	xml_set_text(root, "t");
	assert_format(tree, "<a  c='x&quot;' d = '3' e='4'>t</a>\n");
}

static void test_remove(void)
{
	g_autoptr(xml_tree) tree = parse(pretty);

	xml_remove(xml_child(xml_root(tree), "b"));
	assert_format(tree, "<a>\n  <!-- note -->\n  <c/>\n</a>\n");
	xml_remove(xml_child(xml_root(tree), "c"));
	assert_format(tree, "<a>\n  <!-- note -->\n</a>\n");
}

static void test_new(void)
{
	g_autoptr(xml_tree) tree = xml_new("r");

	assert_format(tree, "<r/>\n");
	xml_set_text(xml_add(xml_add(xml_root(tree), "p"), "name"), "x");
	xml_add(xml_root(tree), "q");
	assert_format(tree, "<r>\n  <p>\n    <name>x</name>\n  </p>\n  <q/>\n</r>\n");
}

/* Into a record and out again: not a byte of the domain changes. */
static void test_graft(void)
{
	static const char *const domains[] = {
		"<d>\n  <a/>\n\n  <b>\n     x\n  </b>\n  <!-- c\n  d -->\n  <e>\n\t<f/>\n</e>\n</d>\n",
		"<d><a/><b>\n</b></d>\n",
		"<d>\n\n<a/>\n  \n\n</d>\n",
		"<d>text\n<b/>\n more\n</d>\n",
		"<d/>\n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
		g_autoptr(xml_tree) domain = parse(domains[i]);
		g_autoptr(xml_tree) record = xml_new("record");
		g_autoptr(xml_tree) again = NULL;
		g_autoptr(xml_tree) out = NULL;
		g_autofree char *text = NULL;

		xml_add(xml_root(record), "name");
		xml_graft(xml_root(record), xml_root(domain), "inner");
		text = xml_format(record);
		again = parse(text);
		out = xml_tree_from(xml_child(xml_root(again), "inner"), "d");
		assert_format(out, domains[i]);
	}
}

static void test_graft_namespace(void)
{
	g_autoptr(xml_tree) tree = parse("<r xmlns:q='http://q'>\n  <d><q:x/></d>\n</r>\n");
	g_autofree char *text = xml_format_node(xml_child(xml_root(tree), "d"));
	g_autoptr(xml_tree) again = parse(text);

	assert_format(again, "<d xmlns:q='http://q'><q:x/></d>\n");
}

/* ---- Bad input ---- */

static void test_malformed(void)
{
	static const char *const bad[][2] = {
		{ "", "no element" },
		{ "  ", "no element" },
		{ "x", "no element" },
		{ "<a>", "ends inside 'a'" },
		{ "<a", "not well-formed" },
		{ "<", "without a name" },
		{ "</a>", "without a start tag" },
		{ "<a></b>", "does not match" },
		{ "<a/><b/>", "more than one root" },
		{ "<a/>x", "line 1" },
		{ "<a b='1' b='2'/>", "redefined" },
		{ "<a b=1/>", "not well-formed" },
		{ "<a b='<'/>", "not well-formed" },
		{ "<a>&b;</a>", "line 1" },
		{ "<a>&#0;</a>", "line 1" },
		{ "<a>&#xd800;</a>", "line 1" },
		{ "<a>\x01</a>", "line 1" },
		{ "<a>\n<b>]]></b></a>", "line 2" },
		{ "<a><!-- -- --></a>", "line 1" },
		{ "<a><!-- ", "comment" },
		{ "<a><![CDATA[ ", "CDATA" },
		{ "<a><? ", "instruction" },
		{ "<1/>", "line 1" },
		{ "<q:a/>", "line 1" },
		{ " <?xml version='1.0'?><a/>", "line 1" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(bad[i][0], strlen(bad[i][0]), bad[i][1]);
}

static void test_doctype(void)
{
	static const char *const bad[] = {
		"<!DOCTYPE a><a/>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
		"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1/x'> %x;]><a/>",
		("<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
		 "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><a>&c;&c;&c;</a>"),
		"<?xml version='1.0'?>\n<!-- -->\n<!DOCTYPE a SYSTEM 'http://127.0.0.1/a.dtd'><a/>",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(bad[i], strlen(bad[i]), "DOCTYPE");
}

static void test_encodings(void)
{
	static const char utf16[] = "\xff\xfe<\0a\0/\0>\0";

	assert_refused(utf16, sizeof(utf16) - 1, "NUL");
	assert_refused("<a>\0</a>", 8, "NUL");
	assert_refused("<a>\xff</a>", 8, "UTF-8");
	assert_refused("<a>\xed\xa0\x80</a>", 10, "UTF-8");
	assert_refused("<a>\xc0\xbc</a>", 9, "UTF-8");
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "UTF-7", "ISO-8859-1", "UTF-16" };
		g_autofree char *text = g_strdup_printf(
			"<?xml version='1.0' encoding='%s'?><a/>", names[i]);

		assert_refused(text, strlen(text), "encoding");
	}
}

static char *repeat(const char *text, size_t n)
{
	GString *out = g_string_sized_new(strlen(text) * n);

	for (size_t i = 0; i < n; i++)
		g_string_append(out, text);
	return g_string_free(out, FALSE);
}

static void test_depth(void)
{
	for (size_t depth = 199; depth <= 100000; depth = depth < 201 ? depth + 1 : depth * 10) {
		g_autofree char *open = repeat("<a>", depth);
		g_autofree char *close = repeat("</a>", depth);
		g_autofree char *text = g_strconcat(open, close, NULL);
		g_autoptr(xml_tree) tree = NULL;

		if (depth > XML_MAX_DEPTH)
			assert_refused(text, strlen(text), "deep");
		else
			tree = parse(text);
		assert_refused(open, strlen(open), depth > XML_MAX_DEPTH ? "deep" : "inside");
	}
}

static void test_attributes(void)
{
	for (size_t n = 255; n <= 100000; n = n < 257 ? n + 1 : n * 8) {
		GString *text = g_string_new("<a");
		g_autofree char *string = NULL;
		g_autoptr(xml_tree) tree = NULL;

		for (size_t i = 0; i < n; i++)
			g_string_append_printf(text, " a%zu='1'", i);
		string = g_string_free(g_string_append(text, "/>"), FALSE);
		if (n > XML_MAX_ATTRIBUTES)
			assert_refused(string, strlen(string), "attributes");
		else
			tree = parse(string);
	}
}

static void test_elements(void)
{
	g_autofree char *children = repeat("<b/>", 1000000);
	g_autofree char *text = g_strdup_printf("<a>%s</a>", children);
	g_autofree char *most = g_strdup_printf("<a>%.*s</a>", 4 * (XML_MAX_ELEMENTS - 1), children);
	g_autoptr(xml_tree) tree = NULL;
	gint64 start = cpu_ms();

	assert_refused(text, strlen(text), "elements");
	tree = parse(most);
	g_assert_cmpint(cpu_ms() - start, <, 2 * PATIENCE_MS);
}

static void test_size(void)
{
	g_autofree char *text = g_strnfill(XML_MAX_SIZE + 1, ' ');
	g_autofree char *open = repeat("<", 100000);
	g_autofree char *ampersands = repeat("&", 1000000);
	g_autofree char *entities = g_strdup_printf("<a>%s</a>", ampersands);

	memcpy(text, "<a/>", 4);
	assert_refused(text, XML_MAX_SIZE + 1, "bytes");
	xml_free(xml_parse(text, XML_MAX_SIZE, "test", NULL));
	assert_refused(open, strlen(open), "line 1");
	assert_refused(entities, strlen(entities), "line 1");
}

static const char *const domain =
	"<?xml version='1.0' encoding='UTF-8'?>\n<!-- c -->\n<domain type='kvm' xmlns:q='http://q'>\n"
	"  <name>a</name>\n  <title><![CDATA[<x>]]></title>\n  <q:m n=\"1\"/>\n  <?p i?>\n"
	"  <devices>\n    <disk type='file'>&#65;</disk>\n  </devices>\n</domain>\n";

static void test_truncated(void)
{
	size_t whole = strstr(domain, "</domain>") + strlen("</domain>") - domain;

	for (size_t size = 0; size < whole; size++)
		assert_refused(domain, size, "test XML");
	for (size_t size = whole; size <= strlen(domain); size++) {
		g_autoptr(xml_tree) tree = xml_parse(domain, size, "test", NULL);

		g_assert_nonnull(tree);
	}
}

/* Any single byte changed: an error or a document that comes back as it is. */
static void test_flipped(void)
{
	static const char others[] = "<>&'\"/ =\x80\x01!-]a";
	g_autofree char *text = g_strdup(domain);

	for (size_t i = 0; i + 1 < strlen(domain); i++) {
		for (size_t k = 0; k < sizeof(others) - 1; k++) {
			g_autoptr(xml_tree) tree = NULL;

			text[i] = others[k];
			tree = xml_parse(text, strlen(text), "test", NULL);
			if (tree)
				assert_format(tree, text);
		}
		text[i] = domain[i];
	}
}

/* ---- Memory of libxml2 ---- */

static unsigned long allocations, failing;
static gboolean is_sticky;

static gboolean fails(void)
{
	allocations++;
	return failing && (is_sticky ? allocations >= failing : allocations == failing);
}

static void *oom_malloc(size_t size)
{
	return fails() ? NULL : malloc(size);
}

static void *oom_realloc(void *old, size_t size)
{
	return fails() ? NULL : realloc(old, size);
}

static char *oom_strdup(const char *text)
{
	return fails() ? NULL : strdup(text);
}

typedef int setup_fn(void (*)(void *), void *(*)(size_t), void *(*)(void *, size_t),
		     char *(*)(const char *));

/* Every allocation fails once, and then all from it on: an error, or the very same document. In a
 * child, because the allocator must be set before libxml2 is used. */
static int oom_child(void)
{
	void *handle = dlopen("libxml2.so.2", RTLD_NOW);
	setup_fn *setup = handle ? (setup_fn *)(guintptr)dlsym(handle, "xmlMemSetup") : NULL;
	int refused = 0;

	if (!setup)
		return 77;
	setup(free, oom_malloc, oom_realloc, oom_strdup);
	xml_free(parse(domain));
	for (int sticky = 0; sticky < 2; sticky++) {
		is_sticky = sticky;
		for (failing = 1;; failing++) {
			g_autoptr(xml_tree) tree = NULL;
			g_autoptr(GError) err = NULL;

			allocations = 0;
			tree = xml_parse(domain, strlen(domain), "test", &err);
			if (allocations < failing)
				break;
			g_assert_true(!tree == !!err);
			if (tree)
				assert_format(tree, domain);
			refused += !tree;
		}
	}
	return refused > 50 ? 0 : 1;
}

static void test_out_of_memory(void)
{
	if (g_test_subprocess())
		exit(oom_child());
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("");
}

/* libxml2's words come back in the error and nowhere else. */
static void test_silent(void)
{
	if (g_test_subprocess()) {
		xml_free(xml_parse("<a>&b;</a>", 10, "test", NULL));
		xml_free(xml_parse("<a xmlns:b='relative'/>", 23, "test", NULL));
		exit(0);
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("");
	g_test_trap_assert_stdout("");
}

static gpointer parse_often(G_GNUC_UNUSED gpointer data)
{
	for (int i = 0; i < 200; i++) {
		xml_free(parse(domain));
		assert_refused("<a>&b;</a>", 10, "line 1");
	}
	return NULL;
}

static void test_threads(void)
{
	GThread *threads[4];

	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("parser", parse_often, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xml/round-trip", test_round_trip);
	g_test_add_func("/xml/final-newline", test_final_newline);
	g_test_add_func("/xml/read", test_read);
	g_test_add_func("/xml/default-namespace", test_default_namespace);
	g_test_add_func("/xml/add", test_add);
	g_test_add_func("/xml/add-inline", test_add_inline);
	g_test_add_func("/xml/add-beside-comment", test_add_beside_comment);
	g_test_add_func("/xml/set-attr", test_set_attr);
	g_test_add_func("/xml/remove", test_remove);
	g_test_add_func("/xml/new", test_new);
	g_test_add_func("/xml/graft", test_graft);
	g_test_add_func("/xml/graft-namespace", test_graft_namespace);
	g_test_add_func("/xml/bad/malformed", test_malformed);
	g_test_add_func("/xml/bad/doctype", test_doctype);
	g_test_add_func("/xml/bad/encodings", test_encodings);
	g_test_add_func("/xml/bad/depth", test_depth);
	g_test_add_func("/xml/bad/attributes", test_attributes);
	g_test_add_func("/xml/bad/elements", test_elements);
	g_test_add_func("/xml/bad/size", test_size);
	g_test_add_func("/xml/bad/truncated", test_truncated);
	g_test_add_func("/xml/bad/flipped", test_flipped);
	g_test_add_func("/xml/out-of-memory", test_out_of_memory);
	g_test_add_func("/xml/silent", test_silent);
	g_test_add_func("/xml/threads", test_threads);
	return g_test_run();
}
