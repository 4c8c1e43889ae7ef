/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * One run of the program: what the user asked for globally, and the connection. Owned by main.c;
 * everybody else gets a pointer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <libvirt/libvirt.h>

struct settings {
	const char *program; /* "domsh", or "virsh" when called so */
	const char *uri;     /* NULL: the library's default */
	const char *log;
	bool readonly, quiet, timing, json, strict;
	char escape;
};

/* See job.h; `mutex` is for all of it. */
struct current_job {
	pthread_mutex_t mutex;
	const char *label;   /* NULL: there is none */
	virDomainPtr domain; /* NULL: the library tells of it while it reads saved memory */
	long long done, total; /* that is how far it is; 0, 0: it has not begun */
	time_t since;
	bool is_verbose;
	bool is_shown; /* the cursor stands behind it */
};

struct shell {
	struct settings settings;
	virConnectPtr conn; /* NULL until a command needs it */
	bool terminal;      /* standard output is one */
	bool error_terminal;
	FILE *log;          /* NULL without -l */
	char *connected;    /* the URI that `connect` named; owned, settings.uri points to it */
	const char *running; /* name of the command that runs */
	struct timespec began; /* when it was begun, CLOCK_MONOTONIC */
	const char *each;    /* the domain it is at, when there may be several; else NULL */
	size_t nth;          /* and which of them that is, from 0 */
	struct current_job job;
	atomic_bool interrupted; /* Ctrl-C since the command began: who waits, stops */
	int interrupt;      /* readable once that is so; -1: nobody listens */
	atomic_bool is_lent; /* the terminal is another program's: so is Ctrl-C */
	int deadly;         /* the signal that ends the program; 0: none */
	bool interactive;   /* reads commands from its standard input */
	struct session *session; /* of prompt.c; NULL: not at a prompt */
	bool leaving;       /* quit was given */
	bool failed_output; /* standard output could not be written */
};
