
# A format, and behind its `=` a file.
function __fish_clients_contract_report
    set -l value (commandline -ct | string replace -r -- '^--report=' '')
    if string match -q -- '*=*' $value
        set -l format (string replace -r -- '=.*' '=' $value)
        for path in (__fish_complete_path (string replace -r -- '^[^=]*=' '' $value))
            echo $format$path
        end
    else
        printf '%s\n' @formats@
    end
end

# Presets, with commas in between.
function __fish_clients_contract_presets
    set -l before (commandline -ct | string replace -r -- '^--preset=' '' | string match -r -- '^.*,')
    printf "$before%s\t%s\n" @presets@
end

# clap_complete writes values of options only, and none behind `help`.
complete -c clients-contract -n "__fish_clients_contract_using_subcommand rules" -f -a "@rules@"
complete -c clients-contract -n "__fish_clients_contract_using_subcommand completions" -f -a "@shells@"
complete -c clients-contract -n "__fish_clients_contract_using_subcommand help; and test (count (commandline -opc)) = 2" -f -a "@commands@"
