// The shop, written in Go.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewShopStack(app, "Shop", &awscdk.StackProps{Description: jsii.String("A shop, and its keys")})
	app.Synth(nil)
}
