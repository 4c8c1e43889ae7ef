/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * XPath 1.0 over a text, for people who look for a part of it. Prefixes are those that the text
 * declares anywhere. Only here is libxml2 asked for more than whether something is XML: what it
 * prints is for reading, never for keeping.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What an expression selects, printed: each node of a node set on a line of its own, elements with
 * what is in them, attributes as name="value" after a blank; a number, string or truth value as
 * its text. wrap: all of it as a document, in one element <nodes>. "" when nothing is selected and
 * it is not wrapped. The bounds are those of xml_parse().
 * Errors: VIR_ERR_XML_ERROR, VIR_ERR_INVALID_ARG (the expression; a namespace node).
 */
char *xpath_select(const char *text, size_t size, const char *expression, bool wrap,
		   GError **err);
