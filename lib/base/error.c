/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

/* What a DOM_ERROR carries beside code and message. The array is shared by copies of the error:
 * nobody changes it after error_take_reasons. */
typedef struct {
	GPtrArray *reasons;
} DomErrorPrivate;

static void dom_error_private_init(DomErrorPrivate *priv)
{
	priv->reasons = NULL;
}

static void dom_error_private_copy(const DomErrorPrivate *from, DomErrorPrivate *to)
{
	to->reasons = from->reasons ? g_ptr_array_ref(from->reasons) : NULL;
}

static void dom_error_private_clear(DomErrorPrivate *priv)
{
	g_clear_pointer(&priv->reasons, g_ptr_array_unref);
}

/* GLib's macro casts within memory that it aligned itself. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-align"
G_DEFINE_EXTENDED_ERROR(DomError, dom_error)
#pragma GCC diagnostic pop

G_DEFINE_QUARK(os-error-quark, os_error)

struct reason *reason_new(const char *code, const char *label, const char *what,
			  const char *option)
{
	struct reason *r = g_new0(struct reason, 1);

	r->code = code;
	r->label = g_strdup(label);
	r->what = g_strdup(what);
	r->size = -1;
	r->option = g_strdup(option);
	return r;
}

void reason_free(struct reason *r)
{
	if (!r)
		return;
	g_free(r->label);
	g_free(r->what);
	g_free(r->option);
	g_free(r);
}

bool fail(GError **err, virErrorNumber code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return false;
	va_start(args, fmt);
	g_propagate_error(err, g_error_new_valist(DOM_ERROR, code, fmt, args));
	va_end(args);
	return false;
}

bool fail_os(GError **err, int errnum, const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (!err)
		return false;
	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	g_set_error(err, OS_ERROR, errnum, "%s: %s", text, g_strerror(errnum));
	return false;
}

bool fail_prefix(GError **err, const char *fmt, ...)
{
	g_autofree char *prefix = NULL;
	va_list args;

	if (!err || !*err)
		return false;
	va_start(args, fmt);
	prefix = g_strdup_vprintf(fmt, args);
	va_end(args);
	g_prefix_error(err, "%s: ", prefix);
	return false;
}

void error_take_reasons(GError *err, GPtrArray *take_reasons)
{
	DomErrorPrivate *priv;

	g_assert(err->domain == DOM_ERROR);
	priv = dom_error_get_private(err);
	g_clear_pointer(&priv->reasons, g_ptr_array_unref);
	if (!take_reasons)
		return;
	g_ptr_array_set_free_func(take_reasons, (GDestroyNotify)reason_free);
	priv->reasons = take_reasons;
}

const GPtrArray *error_reasons(const GError *err)
{
	if (!err || err->domain != DOM_ERROR)
		return NULL;
	return dom_error_get_private(err)->reasons;
}

void error_add_reasons(GError *err, const GError *other)
{
	GPtrArray *reasons = dom_error_get_private(err)->reasons;
	const GPtrArray *more = error_reasons(other);

	for (guint i = 0; more && i < more->len; i++) {
		const struct reason *from = more->pdata[i];
		/* The first one's sentence is the message itself, up to what follows the ';'. */
		g_autofree char *words = *from->what ? g_strdup(from->what)
						     : g_strndup(other->message,
								 strcspn(other->message, ";"));
		struct reason *r = reason_new(from->code, from->label, words, from->option);

		r->size = from->size;
		r->since = from->since;
		g_ptr_array_add(reasons, r);
	}
}
