/** A record that somebody waits for was committed; the sequencer listens. */
export const RECORDED = 'muster_audit';
/** The log has grown; the payload is its new size in leaves. Feeds listen. */
export const SEQUENCED = 'muster_leaves';
