// Runs a declarative Jenkinsfile outside of Jenkins: `groovy jenkins.groovy JENKINSFILE`. Steps are noted; `sh` is run.
// The last line of the output is the result of the build.
class Build extends Script {
    static String result = 'SUCCESS'
    static Map published = [:]

    def run() { }
    def pipeline(Closure body) { body() }
    def getAny() { 'any' }
    def agent(label) { }
    def stages(Closure body) { body() }
    def steps(Closure body) {
        try {
            body()
        } catch (IllegalStateException stopped) {
            println stopped.message
            result = 'FAILURE'
        }
    }
    def stage(String name, Closure body) { body() }
    def script(Closure body) { body() }
    def post(Closure body) { body() }
    def always(Closure body) { body() }
    def unstable(String message) { println message; if (result == 'SUCCESS') { result = 'UNSTABLE' } }
    def error(String message) { throw new IllegalStateException(message) }
    def junit(Map given) { published.junit = new File(given.testResults).exists() }
    def publishHTML(Map given) { published.html = new File(given.target.reportDir, given.target.reportFiles).exists() }
    int sh(Map given) {
        assert given.returnStatus
        def process = new ProcessBuilder('sh', '-xe', '-c', given.script as String).inheritIO().start()
        process.waitFor()
    }
}

def configuration = new org.codehaus.groovy.control.CompilerConfiguration(scriptBaseClass: Build.name)
new GroovyShell(Build.classLoader, new Binding(), configuration).evaluate(new File(args[0]))
println "${Build.result} ${Build.published}"
