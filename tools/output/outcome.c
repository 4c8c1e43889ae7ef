/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/outcome.h"

#include <stdarg.h>

#include "output/json.h"
#include "mem.h"
#include "output/output.h"

static void print_done(const struct shell *sh, const char *domain, const char *snapshot)
{
	struct json_object *o = json_object_new_object();

	if (domain)
		json_put_text(o, "domain", domain);
	if (snapshot)
		json_put_text(o, "snapshot", snapshot);
	json_put_text(o, "done", sh->running);
	json_print(o, stdout);
}

void outcome(const struct shell *sh, const char *domain, const char *snapshot,
	     const char *format, ...)
{
	va_list args;

	if (sh->settings.json) {
		print_done(sh, domain, snapshot);
		return;
	}
	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	say(sh, "%s", text);
}
