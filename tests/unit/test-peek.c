/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peek finds what the tree finds, and nothing it does not understand. */
#include <glib.h>
#include <string.h>
#include "base/util.h"
#include "patience.h"
#include "xml/peek.h"
#include "xml/tree.h"

static const char *const paths[] = {
	"domain/name",	      "domain/uuid",	       "domain/os/type/@machine",
	"domain/os/type",     "domain/title",	       "domain/@type",
	"domain/devices/disk", "domain/devices/disk/@x", "domain/devices/disk/source/@file",
	"domain/none",	      "domain/name/none",      "other/name",
	"domain",	      "domain/none/@none",
};

static const char *const samples[] = {
	"<domain type='kvm'><name>a</name><uuid>u</uuid></domain>",
	("<?xml version='1.0'?>\n<!-- <domain><name>no</name></domain> -->\n<domain>\n <name>\n a b "
	 "</name>\n</domain>\n"),
	"<domain><metadata><name>no</name><uuid>no</uuid></metadata><name>yes</name></domain>",
	"<domain><name>a&amp;&#x41;&#66;<![CDATA[<c>]]><!-- d -->e<f>no</f>g</name></domain>",
	"<domain><os/><os><type machine='second'>x</type></os></domain>",
	"<domain><os><type machine=\"q&quot;35\t\n\" a='>'>hvm</type><type>2</type></os></domain>",
	"<domain><devices><disk/><disk x='1'><source file='f'/></disk></devices></domain>",
	"<domain><devices><disk><a/><source file='f'/></disk></devices></domain>",
	"<domain><name/><title></title><uuid>  </uuid></domain>",
	"<domain xmlns='http://q'><name>a</name></domain>",
	"<domain><name xmlns='http://q'>a</name><name>b</name></domain>",
	"<q:domain xmlns:q='http://q'><name>a</name></q:domain>",
	"<domain xmlns:q='http://q'><q:name>a</q:name><name q:x='1'>b</name></domain>",
	"<other><name>o</name><domain><name>no</name></domain></other>",
	"<domain><name>1</name><name>2</name></domain>",
	"<?p <domain> ?><domain><![CDATA[<name>no</name>]]></domain>",
	"\xef\xbb\xbf<domain\n>\r\n<name\t>x\r\ny</name\n></domain>",
};

static char *by_tree(const struct xml_tree *tree, const char *path)
{
	const struct xml_node *root = xml_root(tree);
	g_auto(GStrv) steps = g_strsplit(path, "/", -1);
	guint n = g_strv_length(steps);
	bool is_attribute = steps[n - 1][0] == '@';
	guint n_elements = is_attribute ? n - 1 : n;

	if (xml_is_foreign(root) || strcmp(xml_name(root), steps[0]) != 0)
		return NULL;
	for (guint i = 1; i < n_elements && root; i++)
		root = xml_child(root, steps[i]);
	if (!root)
		return NULL;
	return is_attribute ? xml_attr(root, steps[n - 1] + 1) : xml_text(root, NULL);
}

static void compare(const char *text, size_t size)
{
	g_autoptr(xml_tree) tree = xml_parse(text, size, "test", NULL);
	char *values[G_N_ELEMENTS(paths)];
	bool ok = xml_peek(text, size, paths, G_N_ELEMENTS(paths), values);

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *wanted = tree ? by_tree(tree, paths[i]) : NULL;
		g_autofree char *one = xml_peek_one(text, size, paths[i]);

		if (tree) {
			g_assert_true(ok);
			g_assert_cmpstr(values[i], ==, wanted);
			g_assert_cmpstr(one, ==, wanted);
		}
		g_free(values[i]);
	}
}

static void test_equals_tree(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autoptr(xml_tree) tree = xml_parse(samples[i], strlen(samples[i]), "x", NULL);

		g_assert_nonnull(tree);
		compare(samples[i], strlen(samples[i]));
	}
}

/* Cut or damaged anywhere: what is still a document gives the same, the rest does no harm. */
static void test_damaged(void)
{
	static const char others[] = "<>&'\"/ =\x80!-]a";

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *text = g_strdup(samples[i]);
		size_t size = strlen(text);

		for (size_t cut = 0; cut < size; cut++) {
			g_autofree char *exact = g_memdup2(text, cut); /* for the sanitizer */
			char old = text[cut];

			compare(exact ? exact : "", cut);
			for (size_t k = 0; k < sizeof(others) - 1; k++) {
				text[cut] = others[k];
				compare(text, size);
			}
			text[cut] = old;
		}
	}
}

/* It does not read on when it has all: a record's header is cheap. */
static void test_stops_early(void)
{
	const char *text = "<domain><name>a</name>< this is not XML";
	static const char *const name = "domain/name";
	char *value, *values[2];

	g_assert_true(xml_peek(text, strlen(text), &name, 1, &value));
	g_assert_cmpstr(value, ==, "a");
	g_free(value);
	g_assert_false(xml_peek(text, strlen(text), paths, 2, values));
	g_assert_cmpstr(values[0], ==, "a");
	g_assert_null(values[1]);
	g_free(values[0]);
}

static void test_not_well_formed(void)
{
	static const char *const bad[] = {
		"",	"x",	    "<domain>",	  "<domain></other>", "</domain>",
		"<a/><b/>", "<!DOCTYPE domain><domain><name>a</name></domain>",
		"<domain><name>&unknown;</name></domain>",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *value = xml_peek_one(bad[i], strlen(bad[i]), "domain/name");
		char *none;
		static const char *const path = "domain/name";

		g_assert_false(xml_peek(bad[i], strlen(bad[i]), &path, 1, &none));
		g_free(none);
		g_assert_null(value);
	}
}

static void test_bombs(void)
{
	GString *text = g_string_new("<domain");
	gint64 start = cpu_ms();

	for (int i = 0; i < 100000; i++)
		g_string_append_printf(text, " a%d='1'", i);
	g_assert_null(xml_peek_one(text->str, text->len, "domain/name"));
	g_string_assign(text, "");
	for (int i = 0; i < 1000000; i++)
		g_string_append(text, "<a>");
	g_assert_null(xml_peek_one(text->str, text->len, "domain/name"));
	g_string_assign(text, "<domain><name>");
	for (int i = 0; i < 1000000; i++)
		g_string_append_c(text, '&');
	g_assert_null(xml_peek_one(text->str, text->len, "domain/name"));
	g_assert_cmpint(cpu_ms() - start, <, 1000);
	g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/peek/equals-tree", test_equals_tree);
	g_test_add_func("/peek/damaged", test_damaged);
	g_test_add_func("/peek/stops-early", test_stops_early);
	g_test_add_func("/peek/not-well-formed", test_not_well_formed);
	g_test_add_func("/peek/bombs", test_bombs);
	return g_test_run();
}
