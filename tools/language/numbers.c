/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/numbers.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool number_parse(const char *text, long long min, long long max, long long *ret_number)
{
	const char *digits = *text == '-' ? text + 1 : text;
	char *end;
	long long n;

	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*ret_number = n;
	return true;
}

/* Digits at the start of text; *ret_rest is what follows them. */
static bool split_number(const char *text, unsigned long long *ret_n, const char **ret_rest)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret_n = strtoull(text, &end, 10);
	*ret_rest = end;
	return errno == 0;
}

static bool unit_size(const char *unit, unsigned long long *ret_size)
{
	static const char letters[] = "kmgtpe";
	const char *letter = *unit ? strchr(letters, tolower((unsigned char)*unit)) : NULL;
	unsigned long long base = strcasecmp(unit + !!*unit, "b") == 0 ? 1000 : 1024;

	if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 ||
	    strcasecmp(unit, "bytes") == 0) {
		*ret_size = 1;
		return true;
	}
	if (!letter || (unit[1] && strcasecmp(unit + 1, "b") && strcasecmp(unit + 1, "ib")))
		return false;
	*ret_size = 1;
	for (const char *l = letters; l <= letter; l++)
		*ret_size *= base;
	return true;
}

bool number_parse_scaled(const char *text, unsigned long long unit, unsigned long long *ret_bytes)
{
	unsigned long long n, bytes;
	const char *rest;

	if (!split_number(text, &n, &rest) || (*rest && !unit_size(rest, &unit)))
		return false;
	if (__builtin_mul_overflow(n, unit, &bytes))
		return false;
	*ret_bytes = bytes;
	return true;
}

bool number_parse_duration(const char *text, long long *ret_seconds)
{
	static const struct {
		char letter;
		long long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	unsigned long long n;
	const char *rest;
	long long seconds;

	if (!split_number(text, &n, &rest) || n > LLONG_MAX || (*rest && rest[1]))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (units[i].letter != (*rest ? *rest : 'd'))
			continue;
		if (__builtin_mul_overflow((long long)n, units[i].seconds, &seconds))
			return false;
		*ret_seconds = seconds;
		return true;
	}
	return false;
}
