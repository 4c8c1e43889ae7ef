/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A long job of the command that runs: what it is called and whose it is. While one is begun,
 * Ctrl-C asks the library to abort it, and a terminal is shown how far it is:
 *
 *	job_begin(sh, domain, "Managedsave", a->verbose);
 *	done = virDomainManagedSave(domain, flags) == 0;
 *	job_end(sh, done);
 *
 * The command's row says COMMAND_LONG, so that somebody is there who listens (prompt/call.c).
 */
#include "shell.h"

/* The domain stays the caller's until job_end(); NULL: what reads saved memory, of which the library
 * tells itself. verbose: show it wherever errors go, not only on a terminal. */
void job_begin(struct shell *sh, virDomainPtr domain, const char *label, bool verbose);
/* Leaves the library's last error alone. */
void job_end(struct shell *sh, bool done);

/* Hear of what reads saved memory on sh->conn, once it is open. */
void job_listen(struct shell *sh);

/* For who listens, in another thread than the command's. */

/* Ask for the job's end. false: there is none (yet), or it cannot be ended. */
bool job_abort(struct shell *sh);
/* How far it is, as things stand now. */
void job_show(struct shell *sh);
