
# Bash splits words at `=`. This hands `--format=json`, `RULE=LEVEL` and `FORMAT=FILE` to the function above as words of their
# own, offers what stands before a `=` first, and leaves words that are no option to the names of files.
_clients_contract_words() {
    local i last=-1 joins=0 before="" word words=() reply previous="" replies=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if ((i == COMP_CWORD)) && [[ "$word" != "=" ]]; then
            word="$2"
        fi
        if [[ "$word" == "=" ]] && ((last > 0)); then
            if [[ "${words[last]}" == --* ]]; then
                words+=("")
                last=$((last + 1))
                before=""
            else
                words[last]+="="
                before="${words[last]}"
            fi
            joins=1
        elif ((joins)); then
            words[last]+="$word"
            joins=0
        else
            words+=("$word")
            last=$((last + 1))
            before=""
        fi
    done
    word="${words[last]}"
    # Presets before a comma stay.
    local head=""
    if [[ "$word" == *,* && "${words[last - 1]}" == --preset ]]; then
        head="${word%,*},"
        word="${word##*,}"
        words[last]="$word"
    fi
    local COMP_WORDS=("${words[@]}") COMP_CWORD=$last
    _clients_contract "$1" "$word" "${words[last - 1]}"

    local names=0
    for reply in "${COMPREPLY[@]}"; do
        if [[ "$reply" == -* && "$word" != -* ]]; then
            continue
        elif [[ -n "$before" ]]; then
            reply="${reply#"$before"}"
        elif [[ "$reply" == *=* ]]; then
            reply="${reply%%=*}="
            names=1
        fi
        if [[ -n "$reply" && "$reply" != "$previous" ]]; then
            replies+=("$head$reply")
            previous="$reply"
        fi
    done
    COMPREPLY=("${replies[@]}")
    if ((names)) && [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        compopt -o nospace
    fi
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _clients_contract_words -o nosort -o bashdefault -o default clients-contract
else
    complete -F _clients_contract_words -o bashdefault -o default clients-contract
fi
