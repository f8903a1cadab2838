# A format, and behind its `=` a file.
_clients_contract_report() {
    if compset -P 1 '*='; then
        _files
    else
        compadd -S '' -- @formats@
    fi
}

# Presets, with commas in between.
_clients_contract_presets() {
    _values -s , preset @presets@
}

