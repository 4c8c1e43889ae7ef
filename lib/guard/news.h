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
/* One event, and what is known here of the QEMU that says it. All but `event` may be NULL. */
struct guard_said {
	const char *event;
	json_object *data;
	char *const *argv;
	const char *display; /* path of its display's socket */
	const char *agent;   /* the agent's chardev */
};
/* The line's event ("watchdog", …) of what is not of the life cycle, or NULL; what belongs to it is
 * added to `line`. Pure. */
const char *guard_other_word(const struct guard_said *said, json_object *line);

/* Note an event that the view has taken in. */
void guard_note(struct guard *g, const struct view *before, const struct qmp_event *ev);
/* Note that the monitor broke while the guest runs on. */
void guard_note_lost_monitor(struct guard *g);
