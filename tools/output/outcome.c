/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/outcome.h"

#include <stdarg.h>
#include <domsh/domsh.h>

#include "output/json.h"
#include "mem.h"
#include "output/output.h"
#include "output/text.h"

static void put_remarks(struct json_object *o, char **remarks)
{
	struct json_object *list = json_object_new_array();

	for (; *remarks; remarks++) {
		auto_free char *safe = text_repair(*remarks);

		json_object_array_add(list, json_object_new_string(safe));
	}
	json_object_object_add(o, "remarks", list);
}

static void print_done(const struct shell *sh, const char *domain, const char *snapshot,
		       char **remarks)
{
	struct json_object *o = json_object_new_object();

	if (domain)
		json_put_text(o, "domain", domain);
	if (snapshot)
		json_put_text(o, "snapshot", snapshot);
	json_put_text(o, "done", sh->running);
	if (*remarks)
		put_remarks(o, remarks);
	json_print(o, stdout);
}

void outcome(const struct shell *sh, const char *domain, const char *snapshot,
	     const char *format, ...)
{
	char **remarks;
	va_list args;

	domshTakeRemarks(&remarks);
	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	say(sh, "%s", text);
	for (char **at = remarks; *at; at++)
		remark(sh, "%s", *at);
	if (sh->settings.json)
		print_done(sh, domain, snapshot, remarks);
	domshRemarksFree(remarks);
}
