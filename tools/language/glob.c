/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/glob.h"

#include <fnmatch.h>
#include <locale.h>
#include <string.h>

bool glob_is_pattern(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

bool glob_matches(const char *pattern, const char *name)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = (locale_t)0;
	bool is_match;

	if (utf8)
		before = uselocale(utf8);
	is_match = fnmatch(pattern, name, 0) == 0;
	if (utf8) {
		uselocale(before);
		freelocale(utf8);
	}
	return is_match;
}
