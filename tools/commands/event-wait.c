/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/event-wait.h"

#include <libvirt/libvirt.h>
#include <stdlib.h>
#include <time.h>

#include "mem.h"
#include "output/output.h"

static void on_timer(int timer, void *data)
{
	struct event_wait *w = data;

	(void)timer;
	if (w->end == EVENT_WAIT_RUNS)
		w->end = EVENT_WAIT_TIMEOUT;
}

static void on_interrupt(int watch, int fd, int events, void *data)
{
	struct event_wait *w = data;

	(void)watch;
	(void)fd;
	(void)events;
	if (w->end == EVENT_WAIT_RUNS)
		w->end = EVENT_WAIT_INTERRUPT;
}

bool event_wait_begin(struct event_wait *w, struct shell *sh, long long seconds)
{
	*w = (struct event_wait){ .sh = sh, .timer = -1, .watch = -1 };
	if (virEventRegisterDefaultImpl() < 0)
		return false;
	if (sh->interrupt >= 0)
		w->watch = virEventAddHandle(sh->interrupt, VIR_EVENT_HANDLE_READABLE, on_interrupt,
					     w, NULL);
	if (seconds > 0)
		w->timer = virEventAddTimeout((int)seconds * 1000, on_timer, w, NULL);
	return true;
}

void event_wait_stop(struct event_wait *w)
{
	if (w->end == EVENT_WAIT_RUNS)
		w->end = EVENT_WAIT_STOPPED;
}

void event_wait_run(struct event_wait *w)
{
	output_flush();
	while (w->end == EVENT_WAIT_RUNS)
		if (virEventRunDefaultImpl() < 0)
			event_wait_stop(w);
}

void event_wait_end(struct event_wait *w)
{
	if (w->timer >= 0)
		virEventRemoveTimeout(w->timer);
	if (w->watch >= 0)
		virEventRemoveHandle(w->watch);
}

bool event_wait_tell(const struct event_wait *w)
{
	if (!w->sh->settings.json) {
		if (w->end == EVENT_WAIT_INTERRUPT)
			print_line(w->sh, "event loop interrupted");
		if (w->end == EVENT_WAIT_TIMEOUT)
			print_line(w->sh, "event loop timed out");
		print_line(w->sh, "events received: %d", w->count);
	}
	return w->count > 0;
}

char *event_stamp(bool is_wanted)
{
	struct timespec now;
	struct tm utc;
	char text[40];

	if (!is_wanted)
		return mem_copy("");
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc);
	return mem_format("%s.%03ld+0000: ", text, now.tv_nsec / 1000000);
}
