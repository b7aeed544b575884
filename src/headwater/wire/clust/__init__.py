"""The Clust API (wire/clust.md): dossiers, their templates and actions, in its own envelopes."""
