/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a domain wants to happen when its guest powers off, reboots or crashes (on_poweroff,
 * on_reboot, on_crash), as far as QEMU cannot do it alone. QEMU was started so that it waits then,
 * stopped; the guard quits or restarts it, with the domain's lock held so that nobody else works
 * on the guest meanwhile.
 */
#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>
#include "driver/qemu/spec.h"

struct guard;

enum policy_action { POLICY_NONE, POLICY_QUIT, POLICY_RESTART };

struct policy {
	enum policy_action wanted; /* what the last end asks for */
	bool is_stopped;           /* QEMU has stopped after it, instead of ending */
	bool ends_again;           /* after the restart a poweroff is to end QEMU, as it was */
	int lock_fd;               /* the domain's lock during a restart, else -1 */
	guint timer;               /* until the restart is over */
};

/* What an event asks for; POLICY_NONE for most. Pure. */
enum policy_action policy_for(const struct spec *spec, const char *event, json_object *data);
/* An event that the view has taken in. */
void policy_follow(struct guard *g, const char *event, json_object *data);
/* Is something wanted that has not been begun? */
bool policy_waits(const struct policy *p);
/* Do what is wanted if nobody holds the domain's lock; called again when it was given back. */
void policy_try(struct guard *g);
/* Give up a restart under way: QEMU has ended, or the guard leaves. */
void policy_end(struct guard *g);
