/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The table behind elements.h: what of a domain's XML is honoured. What has no row is refused.
 *
 * A path is "os/type" for an element and "os/type/@machine" for an attribute. Where the value of
 * the attribute `type` decides what an element is, it stands in brackets and in the paths below:
 * "devices/graphics[vnc]/@socket". A row with brackets is preferred to one without. A row may be
 * added only together with the code that honours it.
 */
#include <stdbool.h>
#include <stddef.h>

struct element_row {
	const char *path;
	const char *values;  /* allowed values or text: "raw|qcow2", with * and ?; NULL: any; "": none
				(an element that only holds others) */
	bool is_opaque;      /* nothing below is looked at */
	unsigned int max;    /* how many there may be; 0: any number */
};

/* What to write instead of an element that has no row. */
struct element_remedy {
	const char *path;   /* of the element */
	const char *type;   /* its attribute `type`, a pattern as above */
	const char *remedy;
};

extern const struct element_row element_rows[];
extern const size_t element_rows_count;
extern const struct element_remedy element_remedies[];
extern const size_t element_remedies_count;
