/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/peek.h"

#include <string.h>

#include "xml/scan.h"
#include "xml/tree.h"

/* One path on its way down. Like xml_at it follows the first element of each name: when that one
 * ends without the rest of the path, there is no value. */
struct search {
	const char *rest; /* steps not found yet: "type/@machine" */
	guint n_found;    /* steps found; their elements are open */
	GString *text;    /* of the element wanted, while it is open */
	char **ret_value; /* where the value goes */
	bool is_done;
};

struct peeker {
	struct xml_scan scan;
	struct search *searches;
	size_t n_searches, n_pending;
	struct span open[XML_MAX_DEPTH]; /* names of the open elements */
	guint depth;
	bool has_root;
};

static void finish(struct peeker *p, struct search *s, char *take_value)
{
	*s->ret_value = take_value;
	s->is_done = true;
	p->n_pending--;
}

/* The rest of the path after `name`, or NULL when the next step is another name. */
static const char *step_over(const char *rest, struct span name)
{
	if (strncmp(rest, name.at, name.size) != 0)
		return NULL;
	rest += name.size;
	if (*rest == '\0')
		return rest;
	return *rest == '/' ? rest + 1 : NULL;
}

static void search_start_tag(struct peeker *p, struct search *s)
{
	const char *rest = step_over(s->rest, p->scan.name);
	struct xml_attribute attribute;
	bool is_none = false;

	if (!rest || *s->rest == '\0')
		return;
	if (xml_declares_namespace(p->scan.whole, &is_none) && !is_none)
		return; /* the name means something else there */
	s->rest = rest;
	s->n_found++;
	if (*rest == '\0')
		s->text = g_string_new(NULL);
	else if (*rest == '@')
		finish(p, s, xml_find_attribute(p->scan.whole, rest + 1, &attribute)
				     ? xml_decode(attribute.value, true)
				     : NULL);
}

static void search_end_tag(struct peeker *p, struct search *s)
{
	finish(p, s, s->text ? xml_strip(s->text->str) : NULL);
}

static bool on_start_tag(struct peeker *p)
{
	if (p->depth == XML_MAX_DEPTH || (p->depth == 0 && p->has_root))
		return false;
	p->has_root = true;
	for (size_t i = 0; i < p->n_searches; i++) {
		struct search *s = &p->searches[i];

		if (!s->is_done && s->n_found == p->depth)
			search_start_tag(p, s);
	}
	p->open[p->depth++] = p->scan.name;
	return true;
}

static bool on_end_tag(struct peeker *p)
{
	struct span open;

	if (p->depth == 0)
		return false;
	open = p->open[p->depth - 1];
	if (open.size != p->scan.name.size || memcmp(open.at, p->scan.name.at, open.size) != 0)
		return false;
	for (size_t i = 0; i < p->n_searches; i++) {
		struct search *s = &p->searches[i];

		if (!s->is_done && s->n_found == p->depth)
			search_end_tag(p, s);
	}
	p->depth--;
	return true;
}

static bool on_text(struct peeker *p)
{
	for (size_t i = 0; i < p->n_searches; i++) {
		struct search *s = &p->searches[i];

		if (s->is_done || !s->text || s->n_found != p->depth)
			continue;
		if (!xml_decode_run(p->scan.whole, s->text))
			return false;
	}
	return true;
}

static bool peek(struct peeker *p)
{
	bool ok = true;

	while (ok && p->n_pending > 0) {
		switch (xml_scan_next(&p->scan)) {
		case TOKEN_OPEN:
			ok = on_start_tag(p);
			break;
		case TOKEN_EMPTY:
			ok = on_start_tag(p) && on_end_tag(p);
			break;
		case TOKEN_CLOSE:
			ok = on_end_tag(p);
			break;
		case TOKEN_TEXT:
		case TOKEN_CDATA:
			ok = on_text(p);
			break;
		case TOKEN_END:
			return p->depth == 0 && p->has_root;
		case TOKEN_BAD:
			return false;
		default:
			break;
		}
	}
	return ok;
}

bool xml_peek(const char *text, size_t size, const char *const *paths, size_t n,
	      char **ret_values)
{
	g_autofree struct search *searches = g_new0(struct search, n);
	g_autofree struct peeker *p = g_new0(struct peeker, 1);
	bool ok;

	p->searches = searches;
	p->n_searches = p->n_pending = n;
	for (size_t i = 0; i < n; i++) {
		searches[i].rest = paths[i];
		searches[i].ret_value = &ret_values[i];
		ret_values[i] = NULL;
	}
	xml_scan_init(&p->scan, text, size);
	ok = peek(p);
	for (size_t i = 0; i < n; i++) {
		if (searches[i].text)
			g_string_free(searches[i].text, TRUE);
	}
	return ok;
}

char *xml_peek_one(const char *text, size_t size, const char *path)
{
	char *value;

	xml_peek(text, size, &path, 1, &value);
	return value;
}
