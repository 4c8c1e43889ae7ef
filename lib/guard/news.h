/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What the guard tells the world: every event of QEMU's monitor as a line of run/events, and what
 * that means for the domain as a line of <root>/events (words: model/news.h). What a command does
 * under its own name (start, save, the end) it tells itself.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include "guard/events.h"

struct guard;
struct qmp_event;

struct guard_word {
	const char *event, *detail;
};

/* The change of the life cycle that an event has made; `event` NULL when there is none to tell.
 * Pure. data may be NULL. */
struct guard_word guard_life_word(const struct view *before, const struct view *now,
				  const char *event, json_object *data);
/* The line's event ("watchdog", …) of what is not of the life cycle, or NULL; what belongs to it is
 * added to `line`. */
const char *guard_other_word(const char *event, json_object *data, json_object *line);

/* Note an event that the view has taken in. */
void guard_note(struct guard *g, const struct view *before, const struct qmp_event *ev);
