/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The words for what a domain does, and why. */

const char *state_word(int state);             /* a virDomainState */
const char *state_reason(int state, int reason); /* "unknown" for what has no word */
