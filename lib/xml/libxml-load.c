/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/libxml-load.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/error.h"

/* The name that goes with the headers we were built with: the layout of the parser context, which
 * is read, changed with it. */
#define LIBXML_SONAME (LIBXML_VERSION >= 21400 ? "libxml2.so.16" : "libxml2.so.2")

#define NAME(name) { #name, offsetof(struct libxml, name) },

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = { LIBXML_FUNCTIONS(NAME) };

static bool load_symbols(void *handle, struct libxml *lib)
{
	for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
		void *address = dlsym(handle, symbols[i].name);

		if (!address)
			return false;
		memcpy((char *)lib + symbols[i].offset, &address, sizeof(address));
	}
	return true;
}

/* NULL when it cannot be loaded. It stays loaded: threads may be inside it. */
static const struct libxml *load(void)
{
	void *handle = dlopen(LIBXML_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct libxml *lib;

	if (!handle)
		return NULL;
	lib = g_new0(struct libxml, 1);
	if (!load_symbols(handle, lib)) {
		g_free(lib);
		dlclose(handle);
		return NULL;
	}
	lib->xmlInitParser();
	return lib;
}

static const struct libxml *loaded;

static void load_once(void)
{
	loaded = load();
}

const struct libxml *libxml_load(GError **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT; /* which a thread sanitizer knows */

	pthread_once(&once, load_once);
	if (!loaded)
		fail(err, VIR_ERR_NO_SUPPORT,
		     "%s cannot be loaded: install libxml2 to work with XML", LIBXML_SONAME);
	return loaded;
}

/* ---- Errors ---- */

/* The first line of libxml2's text, cut to a size that fits into a message, with a small letter
 * in front. */
static char *tidy(const char *message)
{
	g_autofree char *valid = g_utf8_make_valid(message ? message : "", -1);
	char *text;

	valid[strcspn(valid, "\n")] = '\0';
	text = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), 200));
	if (g_ascii_islower(text[0] ? text[1] : '\0'))
		text[0] = g_ascii_tolower(text[0]);
	return text;
}

#if LIBXML_VERSION >= 21200
static void on_error(void *data, const xmlError *error)
#else
static void on_error(void *data, xmlError *error)
#endif
{
	struct libxml_complaint *complaint = data;

	if (complaint->text || error->level < XML_ERR_ERROR)
		return;
	complaint->text = tidy(error->message);
	complaint->line = error->line;
}

void libxml_listen(const struct libxml *lib, struct libxml_complaint *complaint)
{
	*complaint = (struct libxml_complaint){
		.old_func = *lib->__xmlStructuredError(),
		.old_data = *lib->__xmlStructuredErrorContext(),
	};
	lib->xmlSetStructuredErrorFunc(complaint, on_error);
}

void libxml_heard(const struct libxml *lib, struct libxml_complaint *complaint)
{
	lib->xmlSetStructuredErrorFunc(complaint->old_data, complaint->old_func);
}
