/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/json.h"

#include <time.h>

#include "mem.h"
#include "output/text.h"

static void put(struct json_object *o, const char *key, struct json_object *value)
{
	auto_free char *safe = text_repair(key);

	json_object_object_add(o, safe, value);
}

void json_put_text(struct json_object *o, const char *key, const char *text)
{
	auto_free char *safe = text ? text_repair(text) : NULL;

	put(o, key, safe ? json_object_new_string(safe) : NULL);
}

void json_put_number(struct json_object *o, const char *key, long long number, bool known)
{
	put(o, key, known ? json_object_new_int64(number) : NULL);
}

void json_put_bool(struct json_object *o, const char *key, bool value)
{
	put(o, key, json_object_new_boolean(value));
}

void json_put_time(struct json_object *o, const char *key, long long seconds)
{
	auto_free char *iso_key = mem_format("%s_iso", key);
	time_t when = (time_t)seconds;
	struct tm utc;
	char iso[40];
	bool known = seconds != 0 && gmtime_r(&when, &utc);

	json_put_number(o, key, seconds, known);
	if (known)
		strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%SZ", &utc);
	json_put_text(o, iso_key, known ? iso : NULL);
}

void json_print(struct json_object *take_document, FILE *out)
{
	fputs(json_object_to_json_string_ext(take_document, JSON_C_TO_STRING_PLAIN |
							    JSON_C_TO_STRING_NOSLASHESCAPE), out);
	fputc('\n', out);
	json_object_put(take_document);
}
