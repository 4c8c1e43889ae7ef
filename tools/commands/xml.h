/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What commands that print XML have in common: --xpath and --wrap. Their struct has a
 * `struct xml_choice choice`, their options end in XML_OPTIONS(its type).
 */
#include "command.h"
#include "shell.h"

struct xml_choice {
	const char *xpath; /* NULL: all of it */
	unsigned wrap;
};

#define XML_OPTIONS(type)                                                                 \
	{ .name = "xpath", VALUE_AT(OPTION_STRING, type, choice.xpath),                   \
	  .summary = "print only what this XPath expression selects" },                   \
	{ .name = "wrap", BIT_AT(type, choice.wrap, 1),                                   \
	  .summary = "with --xpath: put that into one element, so that it is a document" }

/* Print a document, or the parts of it that are chosen.  In JSON
 * it is the key "xml" of an object called by its kind and name. */
bool show_xml(const struct shell *sh, const struct xml_choice *choice, const char *object,
	      const char *name, const char *xml);
