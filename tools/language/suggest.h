/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The nearest of a set of names to a mistyped one. */
#include <stddef.h>

#define SUGGEST_MAX 3

struct suggestions {
	const char *wanted;
	const char *names[SUGGEST_MAX]; /* the nearest first */
	size_t distances[SUGGEST_MAX];
	size_t count;
};

/* Consider one more name; names must outlive the suggestions. */
void suggest_consider(struct suggestions *s, const char *name);
/* "; did you mean 'a' or 'b'?" with `dashes` before each name, or "". Free it. */
char *suggest_text(const struct suggestions *s, const char *dashes);
