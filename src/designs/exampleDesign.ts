/** The design that a new own design starts from: the worked example of docs/design-language.md. */
export const EXAMPLE_DESIGN = `/* Two threads add to a counter under a mutex. */
design counter "A counter under a mutex";

struct stats: per global, name "stats" {
	mutex lock;
	int inside: max 1; // a second thread inside violates property "counters"
	int total: max 2;
};

call add() = stats_add;

int stats_add()
{
LOCK:	mutex_lock(&stats->lock);
ENTER:	stats->inside++;
COUNT:	stats->total++;
LEAVE:	stats->inside--;
UNLOCK:	mutex_unlock(&stats->lock);
	return ret;
}
`;
