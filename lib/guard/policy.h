/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a domain wants to happen when its guest powers off, reboots or crashes (on_poweroff,
 * on_reboot, on_crash), as far as QEMU cannot do it alone. QEMU was told to wait then, stopped; the
 * guard quits or restarts it, or lets it write its memory to a file first, with the domain's lock
 * held so that nobody else works on the guest meanwhile. The words are read anew at each end: they
 * change at run time (driver/qemu/power.h).
 */
#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>
#include "driver/qemu/spec.h"

struct guard;

enum policy_action {
	POLICY_NONE,
	POLICY_QUIT,
	POLICY_RESTART,
	POLICY_DUMP_QUIT,
	POLICY_DUMP_RESTART,
};

enum policy_end { END_POWEROFF, END_REBOOT, END_CRASH };

struct policy {
	enum policy_action wanted; /* what the last end asks for */
	bool is_stopped;           /* QEMU has stopped after it, instead of ending */
	int lock_fd;               /* the domain's lock while it is carried out, else -1 */
	guint timer;               /* until a restart is over */
	enum policy_action after_dump;
	struct dump *dump; /* under way; dump.h */
};

/* What a word says. */
enum policy_action policy_about(const struct spec *spec, enum policy_end about);
/* What an event asks for; POLICY_NONE for most. */
enum policy_action policy_for(const struct spec *spec, const char *event, json_object *data);
/* An event that the view has taken in. */
void policy_follow(struct guard *g, const char *event, json_object *data);
/* Look for replies to commands of its own. */
void policy_step(struct guard *g);
/* The guest was found as it is: its guard may have died before it could do what is wanted. */
void policy_adopt(struct guard *g);
/* Is something wanted that has not been begun? */
bool policy_waits(const struct policy *p);
/* Do what is wanted if nobody holds the domain's lock; called again when it was given back. */
void policy_try(struct guard *g);
/* Give up what is under way: QEMU has ended, or the guard leaves. */
void policy_end(struct guard *g);
