/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * News of domains: the engine notes what it did, the guard what it saw, in <root>/events (words:
 * model/news.h); a reader tells what was noted since it was opened. Beside it the guard notes every
 * event of a running QEMU's monitor in run/events.
 */
#include <glib.h>
#include <stdbool.h>
#include "base/json.h"

struct engine;

/* ---- Noting ---- */

/* A line of <root>/events. The writer adds what belongs to the event. */
json_object *news_line(const char *domain, const char *uuid, const char *event);

/* ---- Being told ---- */

/* Valid during the call. */
struct news {
	const char *domain, *uuid;
	int id;            /* virDomainEventID */
	int type, detail;  /* of LIFECYCLE */
	json_object *line; /* what else was noted; the guard's words: guard/news.c */
};

struct monitor_news {
	const char *domain, *uuid;
	const char *event; /* "RESET" */
	gint64 seconds;    /* since the epoch */
	unsigned int micros;
	const char *data;  /* JSON; NULL: none */
};

struct news_sink {
	void (*on_news)(const struct news *news, void *data);
	void (*on_monitor)(const struct monitor_news *news, void *data);
	void *data;
};

struct news_reader;

/* Can events of this kind come at all? VIR_ERR_NO_SUPPORT: nobody would ever tell one. */
bool news_check_told(struct engine *e, int id, GError **err);
/* From now on. A root that is not there yet is waited for. */
struct news_reader *news_open(struct engine *e, GError **err);
void news_close(struct news_reader *r);
/* From now on also what the monitors of running guests say, and of those that will run. What a
 * guest said that ended before anybody looked is lost. */
bool news_follow_monitors(struct news_reader *r, GError **err);
/* Readable when there may be news. */
int news_fd(const struct news_reader *r);
/* Tell all there is. Never waits. One thread at a time. */
void news_read(struct news_reader *r, const struct news_sink *sink);
