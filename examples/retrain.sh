#!/usr/bin/env bash
# Retrains a model once a month, and puts the new one in use only if it is better. For cron:
#
#   15 3 1 * *  MODELS=/srv/callclf DATA=/srv/calls LABELS=/srv/labels.csv /srv/retrain.sh
#
# MODELS holds a folder for each run and a link, `current`, to the model in use: services load
# "$MODELS/current". To go back: ln -sfn FOLDER "$MODELS/current". The first time, the champion is
# START. A run that was cut short goes on where it stood when it is started again the same day.
#
# Ends with 0: promoted, the link leads to the new model. 3: kept, nothing changed. 2: an error,
# nothing changed. 75: another run is at work. Whatever happened is in MODELS/retrain.log. Linux.
set -uo pipefail

: "${MODELS:?folder for models}" "${DATA:?folder or file of calls}" "${LABELS:?file of labels}"
START=${START:-fast}
CALLCLF=${CALLCLF:-callclf}
CONFIG=${CONFIG:-}
RUN=${RUN:-$(date +%Y-%m-%d)}

mkdir -p "$MODELS" || exit 2
exec 9>"$MODELS/.lock" || exit 2
flock -n 9 || { echo "retrain: another run is at work in $MODELS" >&2; exit 75; }
exec > >(tee -a "$MODELS/retrain.log") 2>&1
# Wait for tee at the end, so that the log is whole when cron looks at it.
trap 'exec >&- 2>&-; wait' EXIT

champion=$START
[ -e "$MODELS/current" ] && champion=$(readlink -f "$MODELS/current")
out=$MODELS/$RUN
echo "== $(date '+%F %T') champion $champion, run $RUN"
if grep -qsxF "$RUN" "$MODELS/.promoted"; then
  echo "run $RUN has been promoted before; nothing to do"
  exit 0
fi

# A link is replaced in one step: services find the old model or the new one, never none.
put_in_use() {
  ln -sfn "$out" "$MODELS/.current.new" && mv -T "$MODELS/.current.new" "$MODELS/current" \
    && echo "$RUN" >>"$MODELS/.promoted" \
    || { echo "promoted, but $MODELS/current could not be changed"; exit 2; }
  echo "in use now: $out"
}

if [ -e "$out/manifest.json" ]; then
  echo "run $RUN was cut short after it had been promoted"
  put_in_use
  exit 0
fi

nice -n 10 "$CALLCLF" retrain --champion "$champion" --data "$DATA" --labels "$LABELS" \
  --out "$out" ${CONFIG:+--config "$CONFIG"} --resume
status=$?
case $status in
  0) put_in_use ;;
  3) echo "kept: $champion stays in use; see $out/verdict.md" ;;
  *) echo "failed with status $status: $champion stays in use"; status=2 ;;
esac
exit "$status"
