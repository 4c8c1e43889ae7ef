/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A forward scanner over the bytes of an XML text: where each tag, text, comment … begins and
 * ends. It keeps no tree, allocates nothing and needs linear time whatever it is given, so it can
 * stand in front of libxml2 (bounds), below the lossless tree (byte ranges) and under peek.
 *
 * It knows no DOCTYPE: "<!DOCTYPE" is TOKEN_BAD. What it accepts is not yet well-formed (it does
 * not compare names of start and end tags, for one): libxml_check is the judge of that.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of somebody else's text; not NUL-terminated. */
struct span {
	const char *at;
	size_t size;
};

enum token_kind {
	TOKEN_TEXT,
	TOKEN_CDATA,
	TOKEN_COMMENT,
	TOKEN_INSTRUCTION, /* <?…?>, the XML declaration included */
	TOKEN_OPEN,        /* <a> */
	TOKEN_EMPTY,       /* <a/> */
	TOKEN_CLOSE,       /* </a> */
	TOKEN_END,         /* of the text */
	TOKEN_BAD          /* see problem; whole.at is where */
};

struct xml_scan {
	const char *pos, *end;
	enum token_kind kind;
	struct span whole;   /* the token's bytes */
	struct span name;    /* of a tag */
	size_t n_attributes; /* of a start tag */
	const char *problem; /* of TOKEN_BAD; static */
};

void xml_scan_init(struct xml_scan *scan, const char *text, size_t size);
enum token_kind xml_scan_next(struct xml_scan *scan);

struct xml_attribute {
	struct span whole; /* from the first blank before the name to the closing quote */
	struct span name;
	struct span value; /* raw, without the quotes */
};

/* Walk the attributes of a start tag. *pos starts at 0; false after the last one. */
bool xml_scan_attribute(struct span tag, size_t *pos, struct xml_attribute *ret_attribute);
/* The attribute of exactly that name. */
bool xml_find_attribute(struct span tag, const char *name, struct xml_attribute *ret_attribute);
/* The tag puts itself and what is below it into a default namespace, or (*ret_none) takes an
 * outer one back. */
bool xml_declares_namespace(struct span tag, bool *ret_none);

bool span_is(struct span span, const char *text);
bool xml_is_blank(char c);
bool span_is_blank(struct span span);
/* A new string without the blanks at both ends. */
char *xml_strip(const char *text);

/* Resolve the five predefined entities and character references; line ends become \n, and blanks
 * in an attribute become spaces, as XML says. NULL when there is another entity. */
char *xml_decode(struct span raw, bool is_attribute);
/* Escape for text, or for an attribute in either quote. */
char *xml_encode(const char *text, bool is_attribute);
/* The text of a run of texts, CDATA sections, comments and instructions (no tags), appended to
 * out. False when it cannot be decoded. */
bool xml_decode_run(struct span run, GString *out);
